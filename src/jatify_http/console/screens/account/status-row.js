// A row of the statuses' editor.

import { h } from "../../dom.js";
import { icon } from "../../parts/icons.js";
import { count, toneOf } from "../../words.js";
import { KINDS } from "./status-forms.js";

/** Applications begin with the one and are sent with the other: the server retires neither. */
const NEEDED = new Set(["saved", "applied"]);

/** *status* with its buttons; *ends* says whether it is `first` or `last`, and is null for one that has no place. */
export function statusRow(status, ends, acts) {
  const { id, label } = status;
  const button = (key, drawing, words, act, off = false) =>
    h("button", { type: "button", class: "icon-button", title: words, "aria-label": `${words}: ${label}`, "aria-disabled": off ? "true" : null, dataset: { key: `${key}-${id}` }, onclick: () => off || act() }, icon(drawing));
  return h(
    "li",
    { class: "status-row", dataset: { status: id } },
    ends && h("span", { class: "row status-moves" }, button("up", "up", "Move up", () => acts.move(status, -1), ends.first), button("down", "down", "Move down", () => acts.move(status, 1), ends.last)),
    h(
      "div",
      { class: "status-words" },
      h("strong", {}, label),
      h("span", { class: "chip", dataset: { tone: toneOf(status) } }, KINDS[status.category]),
      h("span", { class: "soft" }, status.in_use ? count(status.in_use, "application") : "Not used yet"),
    ),
    h(
      "span",
      { class: "row status-deeds" },
      status.own && status.in_use === 0 && button("drop", "trash", "Delete", () => acts.drop(status)),
      button("edit", "edit", "Edit", () => acts.edit(status)),
      retireButton(status, acts),
    ),
  );
}

function retireButton(status, acts) {
  if (NEEDED.has(status.id)) return null;
  const words = status.retired ? "Bring back" : "Retire";
  return h(
    "button",
    { type: "button", class: "button small", "aria-label": `${words}: ${status.label}`, dataset: { key: `retire-${status.id}` }, onclick: () => acts.retire(status, !status.retired) },
    words,
  );
}
