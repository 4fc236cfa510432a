// The queue: what waits and runs, what failed for good and why, and how the provider is.

import { all, get, post, remove } from "../api.js";
import { changes } from "../changes.js";
import { Part, h, keep, settled } from "../dom.js";
import { addressOf } from "../frame.js";
import { confirmed } from "../parts/dialog.js";
import { icon } from "../parts/icons.js";
import { graves } from "../parts/graves.js";
import { complain, say } from "../parts/toasts.js";
import { ago, count, moment, REASONS } from "../words.js";
import { everybody } from "./queue/everybody.js";

const SKIPPED = {
  not_found: "no longer there",
  already_live: "already waiting again",
  over_limit: "no room within your limits now",
};

class Queue extends Part {
  #paused = h("div", { class: "stack", role: "status" });
  #waiting = h("ul", { class: "cards" });
  #letters = h("div", { class: "stack" });
  #everybody = h("div", {});
  #names = { resumes: new Map(), jobs: new Map() };

  opened() {
    this.replaceChildren(
      h("header", { class: "screen-head" }, h("h1", {}, "Queue")),
      this.#paused,
      h("section", { "aria-labelledby": "queue-waiting" }, h("h2", { id: "queue-waiting" }, "Waiting and running"), this.#waiting),
      h("section", { "aria-labelledby": "queue-dead" }, h("h2", { id: "queue-dead" }, "Failed for good"), this.#letters),
      this.#everybody,
    );
    const anew = settled(() => this.#load(), 150);
    for (const kind of ["analysis.updated", "dead_letter.added", "dead_letter.removed", "resync"]) this.listen(changes, kind, anew);
    // Ages and places grow without anybody telling.
    const timer = setInterval(() => document.visibilityState === "visible" && anew(), 10_000);
    this.signal.addEventListener("abort", () => clearInterval(timer));
    this.#load();
  }

  async #load() {
    const signal = this.signal;
    try {
      const [queue, letters] = await Promise.all([get("/api/queue", { limit: 100 }, { signal }), all("/api/dlq", {}, { signal })]);
      await this.#learn(queue.items);
      this.#drawPauses(queue.paused);
      this.#drawWaiting(queue.items, queue.next_cursor !== null);
      this.#drawLetters(letters);
      if (queue.operator && !this.#everybody.childElementCount) everybody(this.#everybody, this.signal);
    } catch (problem) {
      complain(problem);
    }
  }

  /** Names of the resumes and jobs that are shown for the first time. */
  async #learn(places) {
    const signal = this.signal;
    const unknown = (kind, id) => id && !this.#names[kind].has(id);
    const wanted = new Map();
    for (const { resume_id, job_id } of places) {
      if (unknown("resumes", resume_id)) wanted.set(`resumes/${resume_id}`, ["resumes", resume_id]);
      if (unknown("jobs", job_id)) wanted.set(`jobs/${job_id}`, ["jobs", job_id]);
    }
    await Promise.all(
      [...wanted].map(async ([path, [kind, id]]) => {
        const thing = await get(`/api/${path}`, {}, { signal });
        this.#names[kind].set(id, kind === "jobs" ? `${thing.position} at ${thing.company}` : thing.name);
      }),
    );
  }

  #drawPauses(paused) {
    const told = ({ reason, message, since }) =>
      h(
        "div",
        { class: "notice warn" },
        h("strong", {}, `Analyses wait: ${lower(REASONS[reason] ?? reason)}.`),
        h("p", {}, `${message} Since ${moment(since)}. Jatify asks again by itself, and nothing is lost meanwhile.`),
      );
    keep(this.#paused, paused, (pause) => pause.kind, told);
    if (!paused.length) this.#paused.replaceChildren(h("p", { class: "queue-well soft" }, icon("check"), "The provider of analyses answers."));
  }

  #drawWaiting(items, more) {
    if (!items.length) {
      this.#waiting.replaceChildren(h("li", { class: "empty" }, icon("queue"), h("p", {}, "Nothing waits, nothing runs.")));
      return;
    }
    const shown = items.map((item) => ({ ...item, age: ago(item.enqueued_at), age_seconds: 0 }));
    keep(this.#waiting, shown, (item) => item.analysis_id, (item) => this.#place(item));
    if (more) say(`Only the first ${count(items.length, "analysis", "analyses")} are shown.`);
  }

  #place(item) {
    const resume = this.#names.resumes.get(item.resume_id) ?? "a resume";
    const job = item.job_id ? this.#names.jobs.get(item.job_id) : "a general review";
    const cancel = async () => {
      try {
        await remove(`/api/analyses/${item.analysis_id}`);
        say("The analysis was cancelled.");
        await this.#load();
      } catch (problem) {
        complain(problem);
      }
    };
    const running = item.state === "running";
    return h(
      "li",
      { class: "queue-place" },
      h("span", { class: "chip", dataset: { tone: running ? "fair" : "plain" } }, running ? "Running" : `No. ${item.position > 1_000 ? "1,000+" : item.position}`),
      h(
        "div",
        {},
        h("a", { href: addressOf("match", "", { resume: item.resume_id, ...(item.job_id && { job: item.job_id }) }) }, `${resume}, for ${job}`),
        h("p", { class: "soft" }, `Asked ${item.age}`, item.attempts > 1 && `, attempt ${item.attempts}`),
      ),
      h("button", { type: "button", class: "button small", "aria-label": `Cancel ${resume}, for ${job}`, onclick: cancel }, "Cancel"),
    );
  }

  #drawLetters(letters) {
    if (!letters.length) {
      this.#letters.replaceChildren(h("div", { class: "empty" }, icon("check"), h("p", {}, "Nothing has failed for good.")));
      return;
    }
    graves(this.#letters, letters, {
      requeue: (selection) => this.#requeue(selection),
      drop: (letter) => this.#drop(letter),
      dropAll: (some) => this.#dropAll(some),
    });
  }

  async #requeue(selection) {
    try {
      const { requeued, skipped } = await post("/api/dlq/requeue", selection);
      const left = skipped.map(({ reason }) => SKIPPED[reason]);
      const words = [requeued.length && `${count(requeued.length, "analysis waits", "analyses wait")} again.`];
      if (left.length) words.push(`${left.length} stayed: ${[...new Set(left)].join(", ")}.`);
      say(words.filter(Boolean).join(" "));
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
      for (const letter of letters) await remove(`/api/dlq/${letter.id}`);
      say(`${count(letters.length, "failed analysis", "failed analyses")} deleted.`);
    } catch (problem) {
      complain(problem);
    }
    await this.#load();
  }
}

function lower(words) {
  return words.charAt(0).toLowerCase() + words.slice(1);
}

customElements.define("jatify-queue", Queue);
