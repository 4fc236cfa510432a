// One thing on the agenda: what it is about, when, and what one may do about it at once.

import { h } from "../../dom.js";
import { addressOf } from "../../frame.js";
import { icon } from "../../parts/icons.js";
import { monogram } from "../../parts/marks.js";
import { day } from "../../words.js";

/** A row for *item*. *acts* has a function for each deed, given the item; one that is null is not offered. */
export function rowOf(item, acts) {
  const title = item.application_id ? h("a", { href: addressOf("application", item.application_id) }, item.position) : item.position;
  return h(
    "li",
    { class: "today-row", dataset: { kind: item.kind } },
    monogram(item.company),
    h(
      "div",
      { class: "today-about" },
      h("p", { class: "today-title" }, title),
      h("p", { class: "today-company" }, item.company, h("span", { class: "chip", title: day(item.on), dataset: toneOf(item) }, whenOf(item))),
      item.note && h("p", { class: "today-note" }, item.note),
    ),
    h("div", { class: "today-acts", role: "group", "aria-label": `${item.position} at ${item.company}` }, ...deedsOf(item, acts)),
  );
}

function deedsOf(item, acts) {
  const deed = (words, act, look = "button small") => act && h("button", { type: "button", class: look, onclick: () => act(item) }, words);
  // Nobody owes an answer to what was not sent.
  const ghosted = item.status_id !== "saved" && deed("Ghosted", acts.ghosted, "button small quiet");
  const later = (words, act) => deed([words, h("span", { class: "visually-hidden" }, " later")], act);
  if (item.kind === "deadline") return item.application_id ? [] : [deed([icon("plus"), "Add to the board"], acts.keep)];
  if (item.kind === "silent") return [deed("Follow up today", acts.today), deed("In 3 days", acts.threeDays), ghosted];
  return [deed([icon("check"), "Done"], acts.done), later("+3 days", acts.threeDays), later("+1 week", acts.week), ghosted];
}

function toneOf({ kind, days }) {
  if (kind === "silent") return {};
  if (days < 0) return { tone: "bad" };
  return days === 0 ? { tone: "warn" } : {};
}

function whenOf({ kind, days }) {
  const gap = Math.abs(days);
  const size = gap === 1 ? "1 day" : `${gap} days`;
  if (kind === "silent") return `silent for ${size}`;
  const verb = kind === "deadline" ? "closes " : "";
  if (days < 0) return `${size} late`;
  if (days === 0) return `${verb}today`;
  return days === 1 ? `${verb}tomorrow` : `${verb}in ${size}`;
}
