// The board: every application in the column of its status, to be looked through and carried on.

import { get } from "../api.js";
import { changes } from "../changes.js";
import { Part, h, settled } from "../dom.js";
import { addressOf, go } from "../frame.js";
import { icon } from "../parts/icons.js";
import { openPaste } from "../parts/paste.js";
import { complain } from "../parts/toasts.js";
import { undoable } from "../parts/undo.js";
import { count } from "../words.js";
import "../parts/guide.js";
import { unmade } from "./board/adding.js";
import "./board/filters.js";
import { HINT } from "./board/keys.js";
import { openCardMenu } from "./board/menu.js";
import { Moves } from "./board/moves.js";
import { Pipeline } from "./board/pipeline.js";
import { Scores } from "./board/scores.js";
import { Wall } from "./board/wall.js";

const HINT_ID = "board-hint";
const GATHERED = 150;
const FRESH = 10_000;

class Board extends Part {
  #pipeline;
  #scores;
  #moves;
  #wall;
  #filters;
  #adding;
  #total;
  #nothing;
  #told;
  #loaded = null;
  #readAt = 0;
  #changed = new Map();

  async opened() {
    this.#pipeline = new Pipeline(this.signal);
    this.#scores = new Scores(this.signal);
    this.#moves = new Moves(this.#pipeline);
    this.#draw();
    this.#hear();
    try {
      await this.#pipeline.readStatuses();
      this.#showStatuses();
      this.#readAt = Date.now();
      this.#loaded = this.#pipeline.load((statusId) => this.#wall.complete(statusId));
      await this.#loaded;
      this.#guideOrWall();
      await this.#readAround();
    } catch (problem) {
      complain(problem);
    }
  }

  closed() {
    this.#wall.close();
  }

  #draw() {
    this.#wall = new Wall(this.#pipeline, this.#scores, {
      hint: HINT_ID,
      signal: this.signal,
      move: (id, statusId) => this.#moves.move(id, statusId),
      menu: (anchor, id) => this.#openMenu(anchor, id),
      add: (statusId) => this.#add(statusId),
      tell: (words) => this.#told.replaceChildren(h("span", {}, words)),
      unknown: settled(() => this.#learnStatuses(), GATHERED),
    });
    this.#total = h("p", { class: "soft board-total", role: "status" });
    this.#nothing = h("p", { class: "board-nothing", hidden: true }, "Nothing here matches. ", h("button", { type: "button", class: "button quiet small", onclick: () => this.#filters.clear() }, "Show all"));
    this.#told = h("p", { class: "visually-hidden", "aria-live": "assertive" });
    this.#filters = h("board-filters");
    this.#filters.begin(this.given.query);
    this.#adding = h("board-adding");
    this.replaceChildren(
      h("header", { class: "board-head" }, h("h1", {}, "Board"), this.#total, this.#filters, this.#acts()),
      this.#filters.panel,
      this.#adding,
      this.#nothing,
      h("p", { id: HINT_ID, hidden: true }, HINT),
      this.#wall.element,
      this.#told,
    );
    this.#wall.narrow(this.#filters.filter);
  }

  #acts() {
    return h(
      "div",
      { class: "board-acts" },
      h("button", { type: "button", class: "button", onclick: () => this.#add("saved") }, icon("plus"), "Add"),
      h("button", { type: "button", class: "button primary", onclick: () => this.#paste() }, icon("note"), "Paste a listing"),
    );
  }

  #hear() {
    const counted = settled(() => this.#count(), 30);
    this.listen(this.#pipeline, "placed", counted);
    this.listen(this.#pipeline, "gone", counted);
    this.listen(this.#filters, "change", () => this.#narrow());
    this.listen(this.#adding, "added", ({ detail }) => this.#added(detail.application, detail.undo));
    const gathered = settled(() => this.#reread(), GATHERED);
    this.listen(changes, "application.updated", ({ detail }) => {
      if (this.#pipeline.isPast(detail.id, detail.version)) return;
      this.#changed.set(detail.id, detail);
      gathered();
    });
    this.listen(changes, "analysis.updated", ({ detail }) => detail.state === "succeeded" && this.#scores.hear(detail.id).catch(complain));
    this.listen(changes, "resync", () => this.#resync());
  }

  async #reread() {
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    for (const { id, state } of changed) if (state === "deleted") this.#pipeline.forget(id);
    // What is no news any more came meanwhile with the answer to one's own request.
    const news = changed.filter(({ id, state, version }) => state !== "deleted" && !this.#pipeline.isPast(id, version));
    await this.#pipeline.reread(news.map(({ id }) => id)).catch(complain);
  }

  /** What was told while nobody listened: only the newest where the board has just been read, else everything. */
  async #resync() {
    const justRead = Date.now() - this.#readAt < FRESH;
    try {
      await this.#loaded;
      await (justRead ? this.#pipeline.catchUp() : this.#pipeline.load());
    } catch (problem) {
      complain(problem);
    }
  }

  #showStatuses() {
    this.#wall.draw(this.#pipeline.statuses);
    this.#adding.statuses = this.#pipeline.statuses;
  }

  /** A status that was made meanwhile. */
  async #learnStatuses() {
    try {
      await this.#pipeline.readStatuses();
      this.#showStatuses();
      for (const status of this.#pipeline.statuses) this.#wall.complete(status.id);
    } catch (problem) {
      complain(problem);
    }
  }

  /** Whoever has nothing here yet is shown how to begin. */
  #guideOrWall() {
    this.#wall.element.hidden = false;
    if (this.#pipeline.size > 0) return;
    const guide = h("jatify-guide");
    this.listen(guide, "done", () => this.#endGuide());
    this.toggleAttribute("data-guided", true);
    this.#wall.element.before(guide);
  }

  #endGuide() {
    this.querySelector("jatify-guide")?.remove();
    this.toggleAttribute("data-guided", false);
  }

  /** What the board can do without for its first sight. */
  async #readAround() {
    this.#filters.offer({ tags: this.#pipeline.tags() });
    const { items } = await get("/api/resumes", { limit: 100 }, { signal: this.signal });
    this.#filters.offer({ resumes: items });
    await this.#scores.read(items);
  }

  #narrow() {
    this.#wall.narrow(this.#filters.filter);
    history.replaceState(null, "", addressOf("board", "", this.#filters.query));
    this.#count();
  }

  #count() {
    const all = this.#pipeline.size;
    const seen = this.#wall.size;
    this.#total.textContent = all === 0 ? "" : seen === all ? count(all, "application") : `${seen.toLocaleString("en")} of ${count(all, "application")}`;
    this.#nothing.hidden = seen > 0 || all === 0;
    this.#filters.offer({ tags: this.#pipeline.tags() });
  }

  #openMenu(anchor, id) {
    openCardMenu(anchor, this.#pipeline.get(id), this.#pipeline.statuses, {
      move: (statusId) => this.#moves.move(id, statusId),
      followUp: (date) => this.#moves.followUp(id, date),
      drop: () => this.#moves.drop(id),
    });
  }

  #add(statusId) {
    this.#adding.begin(statusId);
  }

  async #paste() {
    const statuses = this.#pipeline.statuses.filter((status) => !status.retired);
    const added = await openPaste({ statuses, signal: this.signal });
    if (!added) return;
    this.#added(added.application, () => unmade(added.application.id, added.job.id));
    if (added.check) go("match", "", { job: added.job.id });
  }

  #added(application, undo) {
    this.#endGuide();
    this.#pipeline.accept([application]);
    undoable(`${application.job.company}: added.`, async () => {
      await undo();
      this.#pipeline.forget(application.id);
    });
  }
}

customElements.define("jatify-board", Board);
