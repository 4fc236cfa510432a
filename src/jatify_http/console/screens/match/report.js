// A report: the verdict, the reasons at one side, and at the other both texts with what was found in them.

import { freshId, h } from "../../dom.js";
import { gaps, skills, strengths, suggestions, warnings } from "./reasons.js";
import { history } from "./history.js";
import { texts } from "./texts.js";
import { verdict } from "./verdict.js";
import { aspects } from "./aspects.js";

const NARROW = "(max-width: 48rem)";

/** All of it for a finished *analysis*; *show* keeps the history up to date. */
export function report({ resume, job, analysis, signal, check, open, dropped }) {
  const { result } = analysis;
  const views = [["reasons", "Why"], ["resume", "Resume"], ...(job ? [["listing", "Job"]] : [])];
  const sides = h("div", { class: job ? "report-sides" : "report-sides alone", dataset: { view: "reasons" } });
  const buttons = views.map(([view, label]) => h("button", { type: "button", "aria-pressed": String(view === "reasons"), dataset: { view }, onclick: () => turn(view) }, label));
  const beside = texts({ resume, job, result, signal, back: () => turn("reasons", true) });

  function turn(view, focus = false) {
    sides.dataset.view = view;
    for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.view === view));
    if (focus) buttons.find((button) => button.dataset.view === view)?.focus();
  }

  /** Show where *evidence* stands; on a phone that is another view. */
  const point = (evidence, name = "") => {
    if (!evidence.length) return;
    if (matchMedia(NARROW).matches) turn(evidence[0].source);
    beside.point(evidence, name);
  };

  const past = history({ open, dropped });
  const heading = freshId("reasons");
  sides.append(
    h(
      "div",
      { class: "report-reasons" },
      h("h2", { id: heading, class: "visually-hidden" }, "Reasons"),
      warnings(result),
      aspects(result, point),
      suggestions(analysis),
      skills(result, point),
      strengths(result, point),
      gaps(result, point),
      past.element,
    ),
    beside.element,
  );
  const element = h(
    "div",
    { class: "report" },
    verdict(analysis, check),
    h("div", { class: "views", role: "group", "aria-label": "View" }, buttons),
    sides,
  );
  return { element, show: (_, checks) => past.show(analysis, checks), told: `Checked: ${result.score} of 100.` };
}
