// What came of a check: nothing yet, its place in the queue, why it failed, or the report.

import { h } from "../../dom.js";
import { icon } from "../../parts/icons.js";
import { history } from "./history.js";
import { failed, underway } from "./progress.js";
import { report } from "./report.js";

/** The place below the choice; *show* is told of everything that is chosen, and of the analysis to show. */
export function outcome(acts) {
  const element = h("div", { class: "outcome" });
  const told = h("p", { class: "visually-hidden", role: "status" });
  const place = h("div", {});
  element.append(told, place);
  let shown = null;
  let current = null;

  function show({ resume, job, analysis, checks }) {
    const key = JSON.stringify([resume?.id, job?.id, job?.version, analysis?.id, analysis?.state, analysis?.stale]);
    if (key !== shown) {
      shown = key;
      current?.end?.();
      current = made(resume, job, analysis);
      place.replaceChildren(current.element);
      told.textContent = current.told ?? "";
    }
    current.show?.(analysis, checks);
  }

  function made(resume, job, analysis) {
    if (!resume) return { element: h("div", {}) };
    if (!analysis) return { element: blank(job) };
    if (analysis.state === "succeeded") return report({ resume, job, analysis, ...acts });
    return withPast(analysis.state === "queued" || analysis.state === "running" ? underway(analysis, acts) : failed(analysis, acts));
  }

  /** Earlier reports stay in reach while there is no new one. */
  function withPast(part) {
    const past = history(acts);
    const show = (analysis, checks) => {
      past.element.hidden = checks.length < 2;
      past.show(analysis, checks);
    };
    return { ...part, show, element: h("div", { class: "report" }, part.element, past.element) };
  }

  /** Bring it into view: on a phone it begins below the fold. */
  const reveal = () => {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (element.getBoundingClientRect().top > innerHeight * 0.6) element.scrollIntoView({ behavior: calm ? "auto" : "smooth", block: "start" });
  };
  return { element, show, reveal };
}

function blank(job) {
  const words = job
    ? "Not checked yet. It takes a moment, and shows which of the asked skills your resume shows, and which it does not."
    : "Not reviewed yet. It takes a moment, and shows what to make better.";
  return h("div", { class: "empty" }, icon("match"), h("p", {}, words));
}
