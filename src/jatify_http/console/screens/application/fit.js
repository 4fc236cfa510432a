// How well the resumes fit this listing: the checks so far, each to open.

import { h } from "../../dom.js";
import { addressOf } from "../../frame.js";
import { redraw, whenChanged } from "../../parts/redraw.js";
import { scoreChip } from "../../parts/score.js";
import { ago, moment } from "../../words.js";

const SHOWN = 6;
const STATES = { queued: "Waiting", running: "Running", failed: "Failed", cancelled: "Cancelled" };

/** The panel; *show* brings it up to date. */
export function fitPanel(context) {
  const { resumes } = context;
  const list = h("ul", { class: "fits", "aria-live": "polite" });
  const words = h("p", { class: "soft" });

  const show = whenChanged(
    ({ timeline, resume_id, job_id }) => [timeline.filter((one) => one.kind === "analysis"), resume_id, job_id],
    ({ timeline, resume_id, job_id }) => {
      const checks = timeline.filter((one) => one.kind === "analysis").reverse();
      redraw(list, checks.slice(0, SHOWN).map((one) => h("li", {}, entry(one))));
      list.hidden = !checks.length;
      const open = { job: job_id, ...(resume_id ? { resume: resume_id } : {}) };
      const link = h("a", { href: addressOf("match", "", open), dataset: { key: "match" } }, "See it beside the listing");
      redraw(words, checks.length ? link : "Not checked yet.");
    },
  );

  function entry(one) {
    const name = one.resume_name ?? resumes.find(({ id }) => id === one.resume_id)?.name ?? "A resume";
    const scored = one.score !== null && one.score !== undefined;
    return h(
      "a",
      { class: "fit", href: addressOf("match", "", { analysis: one.analysis_id }), dataset: { key: one.analysis_id } },
      scored ? scoreChip(one.score) : h("span", { class: "chip", dataset: { tone: one.state === "failed" ? "bad" : "fair" } }, STATES[one.state] ?? one.state),
      h("span", { class: "fit-name" }, name),
      h("time", { class: "soft", datetime: one.at, title: moment(one.at) }, ago(one.at)),
    );
  }

  const element = h("section", { class: "panel fit-panel", "aria-label": "Fit" }, h("h2", {}, "Fit"), list, words);
  return { element, show };
}
