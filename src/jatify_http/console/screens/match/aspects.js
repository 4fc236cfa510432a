// The sub-scores: a bar for each aspect, which opens what it was judged by and where that stands.

import { h } from "../../dom.js";
import { ASPECTS, bandOf } from "../../words.js";
import { quotes } from "./quotes.js";

/** All aspects of *result*; *point* shows where evidence stands. */
export function aspects(result, point) {
  const counted = result.sub_scores.filter((one) => one.score !== null);
  const left = result.sub_scores.filter((one) => one.score === null);
  return h(
    "section",
    { class: "panel aspects", "aria-label": "Sub-scores" },
    h("h3", {}, "What it is made of"),
    counted.map((one) => aspect(one, point)),
    left.map((one) => h("p", { class: "soft aspect-left" }, `${named(one)}: ${one.explanation || "does not apply."}`)),
  );
}

function aspect(one, point) {
  return h(
    "details",
    { class: "aspect", dataset: { band: bandOf(one.score) } },
    h(
      "summary",
      {},
      h("span", { class: "aspect-name" }, named(one)),
      h("span", { class: "aspect-score" }, h("strong", {}, String(one.score)), h("span", { class: "visually-hidden" }, " of 100")),
      h("span", { class: "aspect-weight soft" }, `counts ${Math.round(one.weight)}%`),
      h("span", { class: "aspect-bar", "aria-hidden": "true" }, h("span", { style: { width: `${one.score}%` } })),
    ),
    h("div", { class: "aspect-why" }, h("p", {}, one.explanation), quotes(one.evidence, point)),
  );
}

function named({ key }) {
  return ASPECTS[key] ?? key.replaceAll("_", " ");
}
