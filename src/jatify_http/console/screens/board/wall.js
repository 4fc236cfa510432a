// The columns side by side and every card in them; whatever comes to lie elsewhere keeps the focus it had.

import { h } from "../../dom.js";
import { cardOf, fillCard, nameOf } from "./card.js";
import { Column } from "./column.js";
import { Folding } from "./folding.js";
import { Keys, focusOn } from "./keys.js";
import { Pointer } from "./pointer.js";

/** *pipeline* and *scores* say what is to be seen. *acts*: `move(id, statusId)`, `menu(anchor, id)`, `add(statusId)`,
 * `tell(words)` to whoever does not see it, `unknown()` when there is no column for something. */
export class Wall {
  element = h("div", { class: "board-row", hidden: true });
  #pipeline;
  #scores;
  #acts;
  #hint;
  #filter = () => true;
  #folding = new Folding();
  #columns = new Map();
  #cards = new Map();
  #homes = new Map();

  constructor(pipeline, scores, { hint, signal, ...acts }) {
    this.#pipeline = pipeline;
    this.#scores = scores;
    this.#acts = acts;
    this.#hint = hint;
    pipeline.addEventListener("placed", ({ detail }) => this.#keepingFocus(() => this.#place(detail)), { signal });
    pipeline.addEventListener("gone", ({ detail }) => this.#keepingFocus(() => this.#takeOut(detail)), { signal });
    scores.addEventListener("known", ({ detail }) => this.#score(detail), { signal });
    this.element.addEventListener("click", (event) => this.#openMenu(event.target.closest(".board-card-menu")), { signal });
    const shared = { columns: () => [...this.#columns.values()], dropped: (card, column) => acts.move(card.dataset.id, column.status.id), signal };
    new Pointer(this.element, shared);
    new Keys(this.element, { ...shared, menu: (card) => this.#openMenu(card.querySelector("button")), tell: acts.tell, name: (card) => nameOf(pipeline.get(card.dataset.id)) });
  }

  /** A column for each of the statuses, those that are there stay as they are. */
  draw(statuses) {
    for (const status of statuses) if (!this.#columns.has(status.id)) this.#columns.set(status.id, this.#columnOf(status));
    const inOrder = statuses.map((status) => this.#columns.get(status.id));
    this.#columns = new Map(inOrder.map((column) => [column.status.id, column]));
    this.element.replaceChildren(...inOrder.map((column) => column.element));
  }

  #columnOf(status) {
    const column = new Column(status, {
      cardFor: (application) => this.#cardFor(application),
      add: () => this.#acts.add(status.id),
      folded: status.terminal && !this.#folding.isOpen(status.id),
      foldingChanged: (folded) => this.#folding.keep(status.id, !folded),
    });
    column.narrow(this.#filter);
    // What came before its column did.
    column.put(this.#pipeline.all().filter((application) => application.status_id === status.id));
    return column;
  }

  /** How many are to be seen, if all were scrolled to. */
  get size() {
    return [...this.#columns.values()].reduce((sum, column) => sum + column.size, 0);
  }

  /** Every page of a column was read. */
  complete(statusId) {
    this.#columns.get(statusId)?.complete();
  }

  narrow(filter) {
    this.#filter = filter;
    for (const column of this.#columns.values()) column.narrow(filter);
  }

  close() {
    for (const column of this.#columns.values()) column.close();
  }

  #cardFor(application) {
    let card = this.#cards.get(application.id);
    if (!card) {
      card = cardOf(application, this.#scores.of(application.job_id), this.#hint);
      this.#cards.set(application.id, card);
    }
    return card;
  }

  #place(applications) {
    const news = Map.groupBy(applications, (application) => application.status_id);
    for (const application of applications) {
      const home = this.#homes.get(application.id);
      if (home !== undefined && home !== application.status_id) this.#columns.get(home)?.takeOut(application.id);
      this.#homes.set(application.id, application.status_id);
      const card = this.#cards.get(application.id);
      if (card) fillCard(card, application, this.#scores.of(application.job_id));
    }
    for (const [statusId, some] of news) {
      if (this.#columns.has(statusId)) this.#columns.get(statusId).put(some);
      else this.#acts.unknown();
    }
    this.element.hidden = false;
  }

  #takeOut(id) {
    this.#columns.get(this.#homes.get(id))?.takeOut(id);
    this.#homes.delete(id);
    this.#cards.delete(id);
  }

  #score(jobId) {
    for (const [id, card] of this.#cards) {
      const application = this.#pipeline.get(id);
      if (application?.job_id === jobId) fillCard(card, application, this.#scores.of(jobId));
    }
  }

  #openMenu(button) {
    if (button) this.#acts.menu(button, button.closest(".board-card").dataset.id);
  }

  /** Do *deed*; the control that had the focus has it afterwards, or where it is gone its neighbour. */
  #keepingFocus(deed) {
    const held = this.element.contains(document.activeElement) ? document.activeElement : null;
    const card = held?.closest(".board-card");
    const neighbour = card && (card.nextElementSibling?.dataset.id ? card.nextElementSibling : card.previousElementSibling);
    const column = card?.closest(".board-column");
    deed();
    if (!held || document.activeElement === held) return;
    if (held.isConnected) held.focus({ preventScroll: true });
    else focusOn(neighbour?.isConnected && neighbour.dataset.id ? neighbour : column.querySelector("h2 button, header button"));
  }
}
