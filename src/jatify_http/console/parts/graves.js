// Dead letters, grouped by why they failed, each with what was tried.

import { h, keep } from "../dom.js";
import { addressOf } from "../frame.js";
import { icon } from "./icons.js";
import { ADVICE, ago, count, moment, REASONS } from "../words.js";

/** Show *letters* in *place*; *more* tells that there are older ones.
 *
 * *acts* are `requeue(selection)`, `drop(letter)`, `dropAll(letters)` and `readOn()`.
 */
export function graves(place, letters, more, acts) {
  if (!place.querySelector(":scope > .graves")) {
    place.replaceChildren(h("div", { class: "row graves-all" }), h("div", { class: "stack graves" }), h("div", { class: "row graves-end" }));
  }
  const [head, groups, end] = place.children;
  const many = letters.length > 1 || more;
  head.replaceChildren(
    h("p", {}, more ? `The newest ${letters.length}, by reason` : `${count(letters.length, "analysis", "analyses")}, by reason`),
    ...(many ? forAll(letters, more, acts) : []),
  );
  const byReason = new Map();
  for (const letter of letters) byReason.set(letter.reason, [...(byReason.get(letter.reason) ?? []), { ...letter, when: ago(letter.failed_at) }]);
  keep(
    groups,
    [...byReason].map(([reason, some]) => ({ reason, some, more })),
    (group) => group.reason,
    (group, before) => drawnGroup(group, acts, before),
  );
  end.replaceChildren(...(more ? [h("button", { type: "button", class: "button", dataset: { key: "more:letters" }, onclick: acts.readOn }, "Show older ones")] : []));
}

function forAll(letters, more, acts) {
  return [
    h("button", { type: "button", class: "button", dataset: { key: "all:requeue" }, onclick: () => acts.requeue({ all: true }) }, icon("redo"), "Requeue all"),
    h("button", { type: "button", class: "button danger", dataset: { key: "all:drop" }, onclick: () => acts.dropAll(letters) }, icon("trash"), more ? `Delete these ${letters.length}` : "Delete all"),
  ];
}

function drawnGroup({ reason, some, more }, acts, before) {
  // The letters themselves stay: what is open in them stays open.
  const list = before?.querySelector("ul") ?? h("ul", { class: "cards" });
  keep(list, some, (letter) => letter.id, (letter, old) => drawnLetter(letter, acts, old));
  const whole = h("button", { type: "button", class: "button small", dataset: { key: `group:${reason}` }, onclick: () => acts.requeue({ reason }) }, icon("redo"), more ? "Requeue all of these" : `Requeue these ${some.length}`);
  return h(
    "details",
    { class: "panel grave-group", open: before ? before.open : true },
    h("summary", { dataset: { key: `why:${reason}` } }, h("span", { class: "grave-why" }, REASONS[reason] ?? reason), h("span", { class: "chip", dataset: { tone: "bad" } }, String(some.length))),
    h("div", { class: "grave-about" }, h("p", { class: "soft" }, ADVICE[reason] ?? ""), some.length > 1 && whole),
    list,
  );
}

function drawnLetter(letter, acts, before) {
  const about = letter.company ? `${letter.position} at ${letter.company}` : "a general review";
  const title = `${letter.resume_name}, for ${about}`;
  const pair = { resume: letter.resume_id, ...(letter.job_id && { job: letter.job_id }) };
  const opened = before?.querySelector("details").open ?? false;
  return h(
    "li",
    { class: "grave" },
    h("div", { class: "grave-head" },
      h("div", {},
        h("h3", {}, h("a", { href: addressOf("match", "", pair), dataset: { key: `letter:${letter.id}` } }, title)),
        h("p", { class: "soft" }, `Failed ${letter.when} after ${count(letter.attempts, "attempt")}`, letter.requeues > 0 && `, requeued ${count(letter.requeues, "time")} before`),
      ),
      h("div", { class: "row" },
        h("button", { type: "button", class: "button small", "aria-label": `Requeue ${title}`, dataset: { key: `requeue:${letter.id}` }, onclick: () => acts.requeue({ ids: [letter.id] }) }, icon("redo"), "Requeue"),
        h("button", { type: "button", class: "icon-button", "aria-label": `Delete ${title}`, dataset: { key: `drop:${letter.id}` }, onclick: () => acts.drop(letter) }, icon("trash")),
      ),
    ),
    h("p", {}, letter.message),
    h("details", { open: opened }, h("summary", { dataset: { key: `attempts:${letter.id}` } }, "Each attempt"), h("ol", { class: "attempts" }, letter.errors.map(drawnError))),
  );
}

function drawnError({ attempt, at, reason, message }) {
  return h("li", {}, h("span", { class: "soft" }, `Attempt ${attempt}, ${moment(at)}`), h("p", {}, `${REASONS[reason] ?? reason}: ${message}`));
}
