// Not there yet.

import { Part, h } from "../dom.js";

class Screen extends Part {
  opened() {
    this.replaceChildren(h("h1", {}, "today"));
  }
}

customElements.define("jatify-today", Screen);
