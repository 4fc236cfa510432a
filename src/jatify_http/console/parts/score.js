// A score as people see it: a chip, or a ring that fills up.

import { h, s } from "../dom.js";
import { BANDS, bandOf } from "../words.js";

const RADIUS = 52;
const ROUND = 2 * Math.PI * RADIUS;

/** A chip with the *score* and the word of its band. */
export function scoreChip(score, { words = true } = {}) {
  const band = bandOf(score);
  const said = words ? BANDS[band] : h("span", { class: "visually-hidden" }, `of 100, ${BANDS[band]}`);
  return h("span", { class: "chip score-chip", dataset: { band } }, h("strong", {}, String(score)), said);
}

/** A ring, filled as far as the *score* goes. */
export function scoreRing(score) {
  const band = bandOf(score);
  const ring = (attributes) => s("circle", { cx: 60, cy: 60, r: RADIUS, fill: "none", "stroke-width": 11, ...attributes });
  return h(
    "div",
    { class: "score-ring", dataset: { band }, role: "img", "aria-label": `${score} of 100: ${BANDS[band].toLowerCase()}` },
    s(
      "svg",
      { viewBox: "0 0 120 120", "aria-hidden": "true", focusable: "false" },
      ring({ class: "score-ring-ground" }),
      ring({
        class: "score-ring-filled",
        "stroke-linecap": "round",
        "stroke-dasharray": `${(Math.max(score, 0.5) / 100) * ROUND} ${ROUND}`,
        transform: "rotate(-90 60 60)",
      }),
    ),
    h("span", { class: "score-ring-number", "aria-hidden": "true" }, String(score)),
  );
}
