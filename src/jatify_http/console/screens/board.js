// Not there yet.

import { Part, h } from "../dom.js";

class Screen extends Part {
  opened() {
    this.replaceChildren(h("h1", {}, "board"));
  }
}

customElements.define("jatify-board", Screen);
