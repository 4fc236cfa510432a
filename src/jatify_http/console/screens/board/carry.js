// A card that is on its way to another column, whatever carries it: mouse, finger or keys.

import { h } from "../../dom.js";

/** Marks *card* as lifted, and the place at the top of a column where it would go. */
export class Carry {
  #gap = h("li", { class: "board-gap", "aria-hidden": "true" });

  constructor(card, from) {
    this.card = card;
    this.from = from;
    this.column = from;
    this.#gap.style.setProperty("height", `${Math.min(card.offsetHeight, 160)}px`);
    card.setAttribute("data-lifted", "");
  }

  /** Hold it over *column*; answers whether that is another one than before. */
  over(column) {
    if (column === this.column) return false;
    this.column?.element.removeAttribute("data-over");
    this.column = column;
    if (column && column !== this.from) {
      // To the top first: a scroll makes the browser lay out at once whatever was changed before it.
      column.list.scrollTop = 0;
      column.list.prepend(this.#gap);
      column.element.setAttribute("data-over", "");
    } else this.#gap.remove();
    return true;
  }

  /** Let go; answers the column where it goes, null if it stays where it was. */
  end() {
    this.#gap.remove();
    this.column?.element.removeAttribute("data-over");
    this.card.removeAttribute("data-lifted");
    return this.column && this.column !== this.from ? this.column : null;
  }
}
