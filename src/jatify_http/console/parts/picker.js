// A field that finds one thing among many as one types: a combobox over a list that the server searches.

import { Part, freshId, h, settled } from "../dom.js";
import { complain } from "./toasts.js";

/** *find(words, signal)* answers `[{value, words, hint}]`; *choose(option)* hears of the one that is taken. */
export function picker(label, find, choose, { chosen = "", placeholder = "" } = {}) {
  return Object.assign(document.createElement("jatify-picker"), { label, find, choose, chosen, placeholder });
}

class Picker extends Part {
  #input;
  #list;
  #options = [];
  #active = -1;
  #asked = 0;

  opened() {
    this.className = "picker field";
    const id = freshId("picker");
    this.#list = h("ul", { id: `${id}-list`, role: "listbox", "aria-label": this.label, hidden: true, class: "picker-list" });
    this.#input = h("input", {
      id,
      class: "input",
      role: "combobox",
      "aria-expanded": "false",
      "aria-controls": `${id}-list`,
      "aria-autocomplete": "list",
      autocomplete: "off",
      placeholder: this.placeholder,
      value: this.chosen,
      onfocus: () => this.#input.select(),
      onclick: () => this.#search(""),
      oninput: settled(() => this.#search(this.#input.value), 150),
      onkeydown: (event) => this.#key(event),
      onblur: () => this.#close(),
    });
    this.replaceChildren(h("label", { for: id }, this.label), this.#input, this.#list);
  }

  /** Say that *words* are chosen now. */
  set(words) {
    this.chosen = words;
    if (this.#input && document.activeElement !== this.#input) this.#input.value = words;
  }

  async #search(words) {
    this.#asked += 1;
    const asked = this.#asked;
    try {
      const found = await this.find(words.trim(), this.signal);
      if (asked !== this.#asked || document.activeElement !== this.#input) return;
      this.#options = found;
      this.#show();
    } catch (problem) {
      complain(problem);
    }
  }

  #show() {
    this.#active = -1;
    const items = this.#options.map((option, at) =>
      h(
        "li",
        { role: "option", id: `${this.#list.id}-${at}`, "aria-selected": "false", onpointerdown: (event) => event.preventDefault(), onclick: () => this.#take(at) },
        h("span", {}, option.words),
        option.hint && h("span", { class: "soft" }, option.hint),
      ),
    );
    const none = h("li", { role: "option", "aria-disabled": "true", "aria-selected": "false", class: "soft" }, "Nothing found");
    this.#list.replaceChildren(...(items.length ? items : [none]));
    this.#list.hidden = false;
    this.#input.setAttribute("aria-expanded", "true");
    this.#input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (event.key === "Escape" && !this.#list.hidden) {
      event.preventDefault();
      this.#close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.#list.hidden) this.#search("");
      else this.#move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && !this.#list.hidden && this.#options.length) {
      event.preventDefault();
      this.#take(Math.max(this.#active, 0));
    }
  }

  #move(by) {
    if (!this.#options.length) return;
    this.#active = (this.#active + by + this.#options.length) % this.#options.length;
    [...this.#list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === this.#active)));
    const item = this.#list.children[this.#active];
    item.scrollIntoView({ block: "nearest" });
    this.#input.setAttribute("aria-activedescendant", item.id);
  }

  #take(at) {
    const option = this.#options[at];
    this.chosen = option.words;
    this.#close();
    this.choose(option);
  }

  #close() {
    this.#asked += 1;
    this.#list.hidden = true;
    this.#input.value = this.chosen;
    this.#input.setAttribute("aria-expanded", "false");
    this.#input.removeAttribute("aria-activedescendant");
  }
}

customElements.define("jatify-picker", Picker);
