// The board by keys: arrows go from card to card, Space picks one up and puts it down, M opens its menu.

import { Carry } from "./carry.js";

export const HINT = "Space moves it to another column, M opens its menu.";

/** *columns()* gives the columns from left to right, *dropped*, *menu* and *tell* do what their names say. */
export class Keys {
  #columns;
  #dropped;
  #menu;
  #tell;
  #name;
  #carry = null;

  constructor(row, { columns, dropped, menu, tell, name, signal }) {
    this.#columns = columns;
    this.#dropped = dropped;
    this.#menu = menu;
    this.#tell = tell;
    this.#name = name;
    row.addEventListener("keydown", (event) => this.#press(event), { signal });
    row.addEventListener("focusin", (event) => this.#settle(event.target), { signal });
    // A card that comes to lie elsewhere loses the focus for a moment, and is still carried.
    row.addEventListener("focusout", () => queueMicrotask(() => this.#carry?.card.contains(document.activeElement) || this.cancel()), { signal });
  }

  #press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const card = event.target.closest(".board-card");
    if (!card || event.target.closest("button")) return;
    const deed = this.#carry ? this.#whileCarrying(event.key) : this.#whileWalking(event.key, card);
    if (!deed) return;
    event.preventDefault();
    event.stopPropagation();
    deed();
  }

  #whileWalking(key, card) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (key === " ") return () => this.#lift(card);
    if (key === "m" || key === "M" || key === "ContextMenu") return () => this.#menu(card);
    if (key in steps) return () => this.#walk(card, steps[key]);
    if (key === "Home" || key === "End") return () => this.#toEnd(card, key === "End");
    if (key === "ArrowRight" || key === "ArrowLeft") return () => this.#cross(card, key === "ArrowRight" ? 1 : -1);
    return null;
  }

  #whileCarrying(key) {
    if (key === " " || key === "Enter") return () => this.#drop();
    if (key === "Escape") return () => this.cancel();
    if (key === "ArrowRight" || key === "ArrowLeft") return () => this.#shift(key === "ArrowRight" ? 1 : -1);
    if (key === "ArrowDown" || key === "ArrowUp" || key === "Tab") return () => this.#tell("Left and right choose the column, Space puts it down, Escape leaves it where it was.");
    return null;
  }

  #columnOf(card) {
    return this.#columns().find((column) => column.element.contains(card));
  }

  #walk(card, step) {
    const { cards } = this.#columnOf(card);
    focusOn(cards[cards.indexOf(card) + step]);
  }

  #toEnd(card, last) {
    focusOn(this.#columnOf(card).cards.at(last ? -1 : 0));
  }

  /** To the next column that shows a card, at its own current one. */
  #cross(card, step) {
    const columns = this.#columns();
    let place = columns.indexOf(this.#columnOf(card)) + step;
    while (columns[place] && !columns[place].current) place += step;
    focusOn(columns[place]?.current);
  }

  #lift(card) {
    this.#carry = new Carry(card, this.#columnOf(card));
    this.#tell(`Picked up ${this.#name(card)}, in ${this.#carry.from.status.label}. Left and right choose the column, Space puts it down, Escape leaves it.`);
  }

  #shift(step) {
    const columns = this.#columns();
    const column = columns[columns.indexOf(this.#carry.column) + step];
    if (!column) return this.#tell("There is no column further on.");
    this.#carry.over(column);
    column.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#tell(column === this.#carry.from ? `${column.status.label}, where it was.` : `${column.status.label}, ${column.size} there.`);
  }

  #drop() {
    const { card } = this.#carry;
    const name = this.#name(card);
    const column = this.#carry.end();
    this.#carry = null;
    if (!column) return this.#tell(`${name} stays where it was.`);
    this.#dropped(card, column);
    if (card.isConnected) focusOn(card);
    else focusOn(column.toggle);
  }

  /** Leave the card where it was. */
  cancel() {
    if (!this.#carry) return;
    const { card, from } = this.#carry;
    this.#carry.over(from);
    this.#carry.end();
    this.#carry = null;
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#tell(`${this.#name(card)} stays in ${from.status.label}.`);
  }

  #settle(target) {
    const card = target.closest(".board-card");
    if (card) this.#columnOf(card)?.settleTab(card);
  }
}

/** Bring *target*, a card or a control, into view and give it the focus. */
export function focusOn(target) {
  if (!target) return;
  const control = target.matches("a, button") ? target : target.querySelector("a");
  target.scrollIntoView({ block: "nearest", inline: "nearest" });
  control.focus({ preventScroll: true });
}
