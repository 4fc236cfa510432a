// The verdict: the score as ring and word, what it comes down to, who judged, and whether it still holds.

import { h } from "../../dom.js";
import { icon } from "../../parts/icons.js";
import { scoreRing } from "../../parts/score.js";
import { BANDS, ago, count, moment } from "../../words.js";

/** The verdict of a finished *analysis*. */
export function verdict(analysis, check) {
  const { result, stale } = analysis;
  const again = h("button", { type: "button", class: "button small", onclick: () => check({}) }, icon("redo"), "Check again");
  return h(
    "section",
    { class: "panel verdict", dataset: { band: result.band }, "aria-label": "Verdict" },
    scoreRing(result.score),
    h(
      "div",
      { class: "verdict-words" },
      h(
        "div",
        { class: "row" },
        h("h2", {}, analysis.job_id ? BANDS[result.band] : BANDS[result.band].replace("fit", "resume")),
        stale && h("span", { class: "chip", dataset: { tone: "warn" } }, icon("clock"), "Out of date"),
      ),
      stale && h("div", { class: "notice warn row" }, h("p", {}, "The listing or the resume has changed since. Check again for a score that holds."), again),
      ...lead(result.summary),
      h("p", { class: "soft verdict-judge" }, h("span", { title: moment(analysis.finished_at) }, `${judge(analysis.analyzer)} ${ago(analysis.finished_at)}.`), cost(analysis.usage)),
    ),
  );
}

function lead(summary) {
  const sentences = summary.split(/(?<=\.)\s+/);
  const first = sentences.slice(0, 2).join(" ");
  const rest = sentences.slice(2).join(" ");
  return [h("p", { class: "verdict-lead" }, first), rest && h("details", { class: "verdict-more" }, h("summary", {}, "More"), h("p", {}, rest))];
}

function judge({ provider, model }) {
  return provider === "local" ? "Judged by Jatify's own rules" : `Judged by ${model}`;
}

function cost({ input_tokens, output_tokens, cost_usd }) {
  const tokens = (input_tokens ?? 0) + (output_tokens ?? 0);
  if (!tokens && !cost_usd) return null;
  const paid = cost_usd ? `, $${cost_usd.toFixed(cost_usd < 0.01 ? 4 : 2)}` : "";
  return h("span", {}, ` ${count(tokens, "token")}${paid}.`);
}
