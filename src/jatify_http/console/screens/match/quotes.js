// Quotes: words that stand in the resume or the listing, each a button that shows where.

import { h } from "../../dom.js";

const SHORT = 160;

/** The quotes of *evidence*; *point* shows where one stands. */
export function quotes(evidence, point) {
  if (!evidence.length) return null;
  return h("ul", { class: "quotes" }, evidence.map((one) => h("li", {}, quote(one, point))));
}

function quote(one, point) {
  const text = one.text.replace(/\s+/g, " ").trim();
  const shown = text.length > SHORT ? `${text.slice(0, SHORT)}…` : text;
  return h(
    "button",
    { type: "button", class: "quote", dataset: { source: one.source }, title: "Show where it stands", onclick: () => point([one]) },
    h("span", { class: "quote-source" }, one.source === "resume" ? "Resume" : "Job"),
    h("span", {}, shown),
  );
}
