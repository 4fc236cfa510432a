// One status of the board: its applications, the newest change first, drawn only as far as they were scrolled to.

import { freshId, h } from "../../dom.js";
import { icon } from "../../parts/icons.js";
import { setTabbable } from "./card.js";

const STEP = 25;

/** A column for *status*. *cardFor(application)* gives its card, *add()* opens what adds one, *folded* hides the cards. */
export class Column {
  #all = [];
  #shown = [];
  #limit = STEP;
  #filter = () => true;
  #loading = true;
  #cardFor;
  #count = h("span", { class: "board-count" });
  #list;
  #more;
  #watch;

  constructor(status, { cardFor, add, folded, foldingChanged }) {
    this.status = status;
    this.#cardFor = cardFor;
    const name = freshId("column");
    this.#list = h("ul", { class: "board-cards", "aria-labelledby": name });
    this.#more = h("li", { class: "board-more" }, h("button", { type: "button", class: "button quiet small", onclick: () => this.#grow() }, "Show more"));
    this.element = h(
      "section",
      { class: "board-column", "aria-labelledby": name, dataset: { category: status.category, status: status.id } },
      h("header", {}, this.#heading(name, foldingChanged), h("button", { type: "button", class: "icon-button", "aria-label": `Add to ${status.label}`, onclick: add }, icon("plus"))),
      this.#list,
    );
    this.#watch = new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.#grow(), { root: this.#list, rootMargin: "600px" });
    this.#watch.observe(this.#more);
    this.#fold(folded);
  }

  #heading(name, foldingChanged) {
    const words = [h("span", { class: "board-dot" }), h("span", { class: "board-label" }, this.status.label), this.#count];
    if (!this.status.terminal) return h("h2", { id: name }, words);
    this.toggle = h("button", { type: "button", onclick: () => foldingChanged(this.#fold(!this.folded)) }, words);
    return h("h2", { id: name }, this.toggle);
  }

  get folded() {
    return this.element.hasAttribute("data-folded");
  }

  get list() {
    return this.#list;
  }

  /** How many the filter lets through. */
  get size() {
    return this.#shown.length;
  }

  /** All of its cards that are drawn, from the top. */
  get cards() {
    return [...this.#list.children].filter((child) => child.dataset.id);
  }

  /** The card that the Tab key reaches. */
  get current() {
    return this.cards.find((card) => card.querySelector("a").tabIndex === 0) ?? null;
  }

  #fold(folded) {
    this.element.toggleAttribute("data-folded", folded);
    this.toggle?.setAttribute("aria-expanded", String(!folded));
    this.#draw();
    return folded;
  }

  /** The last page was read: what is counted is all there is. */
  complete() {
    this.#loading = false;
    this.#tellCount();
  }

  /** Take these in, or their new state. */
  put(applications) {
    const ids = new Set(applications.map((one) => one.id));
    this.#all = this.#all.filter((one) => !ids.has(one.id)).concat(applications);
    this.#all.sort((a, b) => (a.updated_at < b.updated_at ? 1 : a.updated_at > b.updated_at ? -1 : a.id < b.id ? 1 : -1));
    this.#sieve();
  }

  takeOut(id) {
    this.#all = this.#all.filter((one) => one.id !== id);
    this.#sieve();
  }

  /** Show only what *filter* lets through. */
  narrow(filter) {
    this.#filter = filter;
    this.#limit = STEP;
    this.#sieve();
  }

  #sieve() {
    this.#shown = this.#all.filter(this.#filter);
    this.#draw();
  }

  #grow() {
    if (this.folded || this.#shown.length <= this.#limit) return;
    this.#limit += STEP;
    this.#draw();
  }

  /** Bring the list to what is to be seen, with as few touches as can be: what stays is not moved. */
  #draw() {
    const wanted = this.folded ? [] : this.#shown.slice(0, this.#limit).map(this.#cardFor);
    const staying = new Set(wanted);
    for (const card of this.cards) if (!staying.has(card)) card.remove();
    let place = this.#list.querySelector(":scope > .board-gap")?.nextSibling ?? this.#list.firstChild;
    if (place?.classList.contains("board-gap")) place = place.nextSibling;
    for (const card of wanted) {
      if (card === place) place = place.nextSibling;
      else this.#list.insertBefore(card, place);
    }
    if (!this.folded && this.#shown.length > this.#limit) this.#list.append(this.#more);
    else this.#more.remove();
    this.settleTab();
    this.#tellCount();
  }

  /** Exactly one card is on the way of the Tab key: *card*, or the one that was, or the first. */
  settleTab(card = this.current) {
    const cards = this.cards;
    const chosen = cards.includes(card) ? card : cards[0];
    for (const one of cards) if (one !== chosen && one.querySelector("a").tabIndex === 0) setTabbable(one, false);
    if (chosen) setTabbable(chosen, true);
  }

  #tellCount() {
    const all = this.#all.length;
    const some = this.#shown.length < all ? `${this.#shown.length} of ${all}` : String(all);
    this.#count.textContent = this.#loading && all > 0 ? `${some}+` : some;
  }

  close() {
    this.#watch.disconnect();
  }
}
