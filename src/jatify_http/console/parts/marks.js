// Small marks that say one thing about an application wherever it is shown: its company's tile, when to follow up.

import { h } from "../dom.js";
import { daysAway, today } from "../words.js";
import { icon } from "./icons.js";

const TONES = ["accent", "fair", "warn", "violet", "good", "bad"];

/** The first letter of *company* on a tile, always of the same colour for the same company. */
export function monogram(company) {
  const letter = company.match(/[\p{L}\p{N}]/u)?.[0] ?? "·";
  let sum = 0;
  for (const sign of company) sum = (sum * 31 + sign.codePointAt(0)) % 9973;
  return h("span", { class: "monogram", "aria-hidden": "true", dataset: { tone: TONES[sum % TONES.length] } }, letter.toUpperCase());
}

/** A badge for the follow-up on *date*: louder the later it is. Nothing without a date. */
export function followUpBadge(date) {
  if (!date) return null;
  const late = date < today();
  const tone = late ? "bad" : date === today() ? "warn" : "";
  const title = late ? `Follow-up was ${daysAway(date)}` : `Follow up ${daysAway(date)}`;
  const words = late ? daysAway(date).replace("ago", "late").replace("yesterday", "1 day late") : daysAway(date);
  return h("span", { class: "chip", title, dataset: tone ? { tone } : {} }, icon("bell"), h("span", { class: "visually-hidden" }, "Follow up: "), words);
}
