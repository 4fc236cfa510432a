// Dead letters, grouped by why they failed, each with what was tried.

import { h, keep } from "../dom.js";
import { icon } from "./icons.js";
import { ago, count, moment, REASONS } from "../words.js";

/** Show *letters* in *place*. *acts* are `requeue(selection)`, `drop(letter)` and `dropAll(letters)`. */
export function graves(place, letters, acts) {
  if (!place.querySelector(":scope > .graves")) {
    place.replaceChildren(h("div", { class: "row graves-all" }), h("div", { class: "stack graves" }));
  }
  const [head, groups] = place.children;
  head.replaceChildren(
    h("p", {}, count(letters.length, "analysis", "analyses"), " failed for good."),
    h("button", { type: "button", class: "button", onclick: () => acts.requeue({ all: true }) }, icon("redo"), "Requeue all"),
    h("button", { type: "button", class: "button danger", onclick: () => acts.dropAll(letters) }, icon("trash"), "Delete all"),
  );
  const byReason = Map.groupBy ? Map.groupBy(letters, (one) => one.reason) : grouped(letters);
  keep(
    groups,
    [...byReason].map(([reason, some]) => ({ reason, some })),
    (group) => group.reason,
    (group, before) => drawnGroup(group, acts, before),
  );
}

function grouped(letters) {
  const groups = new Map();
  for (const letter of letters) groups.set(letter.reason, [...(groups.get(letter.reason) ?? []), letter]);
  return groups;
}

function drawnGroup({ reason, some }, acts, before) {
  const list = h("ul", { class: "cards" });
  keep(list, some, (letter) => letter.id, (letter) => drawnLetter(letter, acts));
  return h(
    "details",
    { class: "panel grave-group", open: before ? before.open : true },
    h("summary", {}, h("span", { class: "grave-why" }, REASONS[reason] ?? reason), h("span", { class: "chip", dataset: { tone: "bad" } }, String(some.length))),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "button small", onclick: () => acts.requeue({ reason }) }, icon("redo"), some.length > 1 ? `Requeue these ${some.length}` : "Requeue this group"),
    ),
    list,
  );
}

function drawnLetter(letter, acts) {
  const about = letter.company ? `${letter.position} at ${letter.company}` : "a general review";
  const title = `${letter.resume_name}, for ${about}`;
  return h(
    "li",
    { class: "grave" },
    h("div", { class: "grave-head" },
      h("div", {}, h("h3", {}, title), h("p", { class: "soft" }, `Failed ${ago(letter.failed_at)} after ${count(letter.attempts, "attempt")}`, letter.requeues > 0 && `, requeued ${count(letter.requeues, "time")} before`)),
      h("div", { class: "row" },
        h("button", { type: "button", class: "button small", "aria-label": `Requeue ${title}`, onclick: () => acts.requeue({ ids: [letter.id] }) }, "Requeue"),
        h("button", { type: "button", class: "icon-button", "aria-label": `Delete ${title}`, onclick: () => acts.drop(letter) }, icon("trash")),
      ),
    ),
    h("p", {}, letter.message),
    h("details", {}, h("summary", {}, "Each attempt"), h("ol", { class: "attempts" }, letter.errors.map(drawnError))),
  );
}

function drawnError({ attempt, at, reason, message }) {
  return h("li", {}, h("span", { class: "soft" }, `Attempt ${attempt}, ${moment(at)}`), h("p", {}, `${REASONS[reason] ?? reason}: ${message}`));
}
