// What operators see: everybody's jobs and dead letters, without anything that stands in them.

import { get, post, remove } from "../../api.js";
import { h } from "../../dom.js";
import { confirmed } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { complain, say } from "../../parts/toasts.js";
import { ago, moment, REASONS } from "../../words.js";

/** Draw them into *place*, newest page first, with a way to read on. */
export function everybody(place, signal) {
  const jobs = h("tbody", {});
  const letters = h("tbody", {});
  const load = async () => {
    try {
      await Promise.all([
        fill(jobs, "/api/operator/queue", drawnJob, 6, "Nobody's job waits.", signal),
        fill(letters, "/api/operator/dlq", (letter) => drawnLetter(letter, load), 6, "Nobody's job has failed for good.", signal),
      ]);
    } catch (problem) {
      complain(problem);
    }
  };
  place.replaceChildren(
    h(
      "section",
      { class: "panel everybody", "aria-labelledby": "everybody" },
      h("div", { class: "screen-head" }, h("h2", { id: "everybody" }, "Everybody’s"), h("button", { type: "button", class: "button small", onclick: load }, "Look again")),
      h("p", { class: "soft" }, "You are an operator: you see whose jobs wait and fail, and nothing of what stands in them."),
      table("Waiting and running", ["State", "User", "Attempts", "Last error", "Asked", "Due"], jobs),
      table("Failed for good", ["Reason", "User", "Attempts", "Asked", "Failed", "What to do"], letters),
    ),
  );
  load();
}

function table(title, heads, body) {
  return h(
    "div",
    { class: "table-frame", tabindex: 0, role: "region", "aria-label": title },
    h("table", {}, h("caption", {}, title), h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))), body),
  );
}

async function fill(body, path, row, width, nothing, signal) {
  const page = await get(path, { limit: 50 }, { signal });
  body.replaceChildren(...page.items.map(row));
  if (!page.items.length) body.append(h("tr", {}, h("td", { colspan: width, class: "soft" }, nothing)));
  let cursor = page.next_cursor;
  if (!cursor) return;
  const more = h("button", { type: "button", class: "button small quiet" }, "Show more");
  const last = h("tr", {}, h("td", { colspan: width }, more));
  more.addEventListener("click", async () => {
    try {
      const next = await get(path, { limit: 50, cursor }, { signal });
      last.before(...next.items.map(row));
      cursor = next.next_cursor;
      if (!cursor) last.remove();
    } catch (problem) {
      complain(problem);
    }
  });
  body.append(last);
}

function drawnJob(job) {
  return h(
    "tr",
    {},
    h("td", {}, h("span", { class: "chip", dataset: { tone: job.state === "running" ? "fair" : "plain" } }, job.state)),
    whose(job),
    h("td", {}, String(job.attempts)),
    h("td", {}, job.last_reason ? REASONS[job.last_reason] : "none"),
    h("td", {}, ago(job.enqueued_at)),
    h("td", {}, moment(job.due_at)),
  );
}

function drawnLetter(letter, again) {
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
  return h(
    "tr",
    {},
    h("td", {}, REASONS[letter.reason] ?? letter.reason),
    whose(letter),
    h("td", {}, String(letter.attempts)),
    h("td", {}, ago(letter.enqueued_at)),
    h("td", {}, ago(letter.failed_at)),
    h(
      "td",
      { class: "row" },
      h("button", { type: "button", class: "button small", "aria-label": `Requeue ${letter.id}`, onclick: requeue }, "Requeue"),
      h("button", { type: "button", class: "icon-button", "aria-label": `Delete ${letter.id}`, onclick: drop }, icon("trash")),
    ),
  );
}

function whose({ user_id }) {
  return h("td", {}, h("code", { title: user_id }, `…${user_id.slice(-8)}`));
}
