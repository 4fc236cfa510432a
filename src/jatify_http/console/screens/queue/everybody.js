// What operators see: everybody's jobs and dead letters, without anything that stands in them.

import { firstPages, post, remove } from "../../api.js";
import { h, keep } from "../../dom.js";
import { confirmed } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { keepFocus } from "../../parts/redraw.js";
import { complain, say } from "../../parts/toasts.js";
import { ago, moment, REASONS } from "../../words.js";

const JOBS = ["State", "User", "Attempts", "Last error", "Asked", "Due"];
const LETTERS = ["Reason", "User", "Attempts", "Asked", "Failed", "What to do"];

/** Make room for them in *place*; answers what reads and shows them, now and again. *signal* ends it. */
export function everybody(place, signal) {
  const load = async () => {
    try {
      const read = [jobs, letters].map((table) => firstPages(table.path, table.pages, { signal }));
      const [waiting, dead] = await Promise.all(read);
      keepFocus(place, () => {
        jobs.show(waiting);
        letters.show(dead);
      });
    } catch (problem) {
      complain(problem);
    }
  };
  const jobs = new Table("Everybody’s, waiting and running", JOBS, "/api/operator/queue", jobCells, "Nobody’s job waits.", load);
  const letters = new Table("Everybody’s, failed for good", LETTERS, "/api/operator/dlq", (letter) => letterCells(letter, load), "Nobody’s job has failed for good.", load);
  place.replaceChildren(
    h(
      "section",
      { class: "panel everybody", "aria-labelledby": "everybody" },
      h("h2", { id: "everybody" }, "Everybody’s"),
      h("p", { class: "soft" }, "You are an operator: you see whose jobs wait and fail, and nothing of what stands in them."),
      jobs.element,
      letters.element,
    ),
  );
  return load;
}

/** A table of the first pages of the list at *path*. */
class Table {
  #heads;
  #cells;
  #nothing;
  #body = h("tbody", {});
  #more;

  constructor(title, heads, path, cells, nothing, load) {
    this.path = path;
    this.pages = 1;
    this.#heads = heads;
    this.#cells = cells;
    this.#nothing = nothing;
    const readOn = () => {
      this.pages += 1;
      load();
    };
    this.#more = h("button", { type: "button", class: "button small", hidden: true, onclick: readOn }, "Show more");
    const head = h("thead", {}, h("tr", {}, heads.map((one) => h("th", { scope: "col" }, one))));
    const frame = h("div", { class: "table-frame", tabindex: 0, role: "region", "aria-label": title }, h("table", {}, h("caption", {}, title), head, this.#body));
    this.element = h("div", { class: "stack" }, frame, this.#more);
  }

  show({ items, more }) {
    this.#more.hidden = !more;
    const nothing = { id: "none" };
    keep(this.#body, items.length ? items.map(aged) : [nothing], (one) => one.id, (one) => h("tr", {}, one.id === nothing.id ? h("td", { colspan: this.#heads.length, class: "soft" }, this.#nothing) : this.#cells(one)));
  }
}

/** With its ages in words, so that it is drawn anew when they change. */
function aged(one) {
  return { ...one, asked: ago(one.enqueued_at), ...(one.failed_at && { failed: ago(one.failed_at) }) };
}

function jobCells(job) {
  const running = job.state === "running";
  return [
    h("td", {}, h("span", { class: "chip", dataset: { tone: running ? "fair" : "plain" } }, running ? "Running" : "Waiting")),
    whose(job),
    h("td", {}, String(job.attempts)),
    h("td", {}, job.last_reason ? (REASONS[job.last_reason] ?? job.last_reason) : "None"),
    h("td", {}, job.asked),
    h("td", {}, moment(job.due_at)),
  ];
}

function letterCells(letter, again) {
  const path = `/api/operator/dlq/${letter.id}`;
  const act = async (deed, words) => {
    try {
      await deed();
      say(words);
    } catch (problem) {
      complain(problem);
    }
    await again();
  };
  const requeue = () => act(() => post(`${path}/requeue`), "It waits again.");
  const drop = async () => {
    if (await confirmed("Delete somebody’s failed job?", "Its owner will not find it any more.", "Delete")) await act(() => remove(path), "Deleted.");
  };
  const which = `the job of user ${tail(letter)} that failed ${letter.failed}`;
  return [
    h("td", {}, REASONS[letter.reason] ?? letter.reason),
    whose(letter),
    h("td", {}, String(letter.attempts)),
    h("td", {}, letter.asked),
    h("td", {}, letter.failed),
    h("td", {}, h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "button small", "aria-label": `Requeue ${which}`, dataset: { key: `requeue-any:${letter.id}` }, onclick: requeue }, "Requeue"),
      h("button", { type: "button", class: "icon-button", "aria-label": `Delete ${which}`, dataset: { key: `drop-any:${letter.id}` }, onclick: drop }, icon("trash")),
    )),
  ];
}

function whose(thing) {
  return h("td", {}, h("code", { title: thing.user_id }, `…${tail(thing)}`));
}

function tail({ user_id }) {
  return user_id.slice(-8);
}
