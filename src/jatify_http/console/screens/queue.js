// The queue: what waits and runs, what failed for good and why, and how the provider is.

import { firstPages, get, post, remove } from "../api.js";
import { changes } from "../changes.js";
import { Part, h, keep, settled } from "../dom.js";
import { offerAgain } from "../parts/again.js";
import { confirmed } from "../parts/dialog.js";
import { icon } from "../parts/icons.js";
import { graves } from "../parts/graves.js";
import { keepFocus } from "../parts/redraw.js";
import { complain, say } from "../parts/toasts.js";
import { count, moment, REASONS } from "../words.js";
import { everybody } from "./queue/everybody.js";
import { Names } from "./queue/names.js";
import { waiting } from "./queue/waiting.js";

const GATHERED = 150;
const ANEW = 10_000;
const SKIPPED = {
  not_found: "no longer there",
  already_live: "already waiting again",
  over_limit: "no room within your limits now",
};

class Queue extends Part {
  #state = h("div", { class: "stack", role: "status" });
  #waiting = h("ul", { class: "cards" });
  #letters = h("div", { class: "stack" });
  #everybody = h("div", {});
  #lookAround = null;
  #names = new Names();
  #pages = 1;
  #drawn = false;
  #turn = 0;

  async opened() {
    const anew = settled(() => this.#load({ unasked: true }), GATHERED);
    for (const kind of ["analysis.updated", "dead_letter.added", "dead_letter.removed", "resync"]) this.listen(changes, kind, anew);
    // Ages and places grow without anybody telling.
    const timer = setInterval(() => document.visibilityState === "visible" && anew(), ANEW);
    this.signal.addEventListener("abort", () => clearInterval(timer));
    await this.#load();
  }

  async #load({ unasked = false } = {}) {
    const { signal } = this;
    if (signal.aborted) return;
    this.#turn += 1;
    const turn = this.#turn;
    try {
      const [queue, letters] = await Promise.all([get("/api/queue", { limit: 100 }, { signal }), firstPages("/api/dlq", this.#pages, { signal })]);
      await this.#names.learn(queue.items, signal);
      // A later look knows better.
      if (turn !== this.#turn) return;
      if (!this.#drawn) this.#draw();
      keepFocus(this, () => this.#show(queue, letters));
    } catch (problem) {
      // That the server cannot be reached is told at the page's edge already.
      if (this.#drawn && unasked && problem.status === 0) return;
      if (this.#drawn) complain(problem);
      else offerAgain(this, problem, () => this.#load());
    }
  }

  #draw() {
    this.#drawn = true;
    this.replaceChildren(
      h("header", { class: "screen-head" }, h("h1", {}, "Queue")),
      this.#state,
      h("section", { "aria-labelledby": "queue-waiting" }, h("h2", { id: "queue-waiting" }, "Waiting and running"), this.#waiting),
      h("section", { "aria-labelledby": "queue-dead" }, h("h2", { id: "queue-dead" }, "Failed for good"), this.#letters),
      this.#everybody,
    );
  }

  #show(queue, letters) {
    this.#tellState(queue.paused);
    waiting(this.#waiting, queue.items, queue.next_cursor !== null, this.#names, (id) => this.#cancel(id));
    this.#showLetters(letters);
    this.#showEverybody(queue.operator);
  }

  #showEverybody(operator) {
    if (operator) this.#lookAround ??= everybody(this.#everybody, this.signal);
    else {
      this.#lookAround = null;
      this.#everybody.replaceChildren();
    }
    this.#lookAround?.();
  }

  #tellState(paused) {
    const well = [{ kind: "" }];
    keep(this.#state, paused.length ? paused : well, (one) => one.kind, (one) => (one.kind ? toldPause(one) : h("p", { class: "queue-well soft" }, icon("check"), "Analyses run as they come.")));
  }

  #showLetters({ items, more }) {
    if (!items.length) {
      keep(this.#letters, [{ id: "none" }], (one) => one.id, () => h("div", { class: "empty" }, icon("check"), h("p", {}, "Nothing has failed for good.")));
      return;
    }
    graves(this.#letters, items, more, {
      requeue: (selection) => this.#requeue(selection),
      drop: (letter) => this.#drop(letter),
      dropAll: (some) => this.#dropAll(some),
      readOn: () => {
        this.#pages += 1;
        this.#load();
      },
    });
  }

  async #cancel(id) {
    try {
      await remove(`/api/analyses/${id}`);
      say("The analysis was cancelled.");
    } catch (problem) {
      complain(problem);
    }
    await this.#load();
  }

  async #requeue(selection) {
    try {
      const { requeued, skipped } = await post("/api/dlq/requeue", selection);
      const words = [requeued.length > 0 && `${count(requeued.length, "analysis waits", "analyses wait")} again.`];
      const why = [...new Set(skipped.map(({ reason }) => SKIPPED[reason]))].join(", ");
      if (why) words.push(`${count(skipped.length, "analysis", "analyses")} stayed: ${why}.`);
      say(words.filter(Boolean).join(" ") || "There was nothing left to requeue.");
    } catch (problem) {
      complain(problem);
    }
    await this.#load();
  }

  async #drop(letter) {
    const what = `“${letter.resume_name}” and its errors are gone for good then; the resume itself stays.`;
    if (await confirmed("Delete this failed analysis?", what, "Delete")) await this.#dropped([letter]);
  }

  async #dropAll(letters) {
    const what = `${count(letters.length, "failed analysis", "failed analyses")} with all errors. This cannot be taken back.`;
    if (await confirmed("Delete them all?", what, "Delete all")) await this.#dropped(letters);
  }

  async #dropped(letters) {
    try {
      for (const letter of letters) await this.#gone(letter);
      say(`${count(letters.length, "failed analysis", "failed analyses")} deleted.`);
    } catch (problem) {
      complain(problem);
    }
    await this.#load();
  }

  /** Delete one, which another window may have done before. */
  async #gone(letter) {
    try {
      await remove(`/api/dlq/${letter.id}`);
    } catch (problem) {
      if (problem.status !== 404) throw problem;
    }
  }
}

function toldPause({ reason, message, since }) {
  const why = REASONS[reason] ?? reason;
  return h(
    "div",
    { class: "notice warn" },
    h("strong", {}, `Analyses wait: ${why.charAt(0).toLowerCase()}${why.slice(1)}.`),
    h("p", {}, `${message} Since ${moment(since)}. Jatify asks again by itself, and nothing is lost meanwhile.`),
  );
}

customElements.define("jatify-queue", Queue);
