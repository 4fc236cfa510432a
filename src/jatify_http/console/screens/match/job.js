// The job to compare with: one of the listings, a new one, or none for a general review; and the button that begins.

import { get, post } from "../../api.js";
import { h } from "../../dom.js";
import { openDialog } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { listingForm } from "../../parts/listing-form.js";
import { openPaste } from "../../parts/paste.js";
import { picker } from "../../parts/picker.js";
import { complain, say } from "../../parts/toasts.js";

const FOUND = 20;
const NONE = { value: "", words: "No job: a general review", hint: "How the resume stands on its own" };

/** The panel. *choose* is given a listing or null, *check* begins an analysis. */
export function jobPanel({ signal, choose, check }) {
  const find = async (words, until) => {
    const { items } = await get("/api/jobs", { q: words, limit: FOUND }, { signal: until });
    const options = items.map((job) => ({ value: job.id, words: named(job), hint: job.location ?? "", job }));
    return words ? options : [NONE, ...options];
  };
  const field = picker("Compare with", find, (option) => choose(option.job ?? null), { chosen: NONE.words, placeholder: "Company or position" });
  const about = h("div", { class: "job-about" });
  const button = h("button", { type: "button", class: "button primary", onclick: () => begin() });
  const pasted = h("button", { type: "button", class: "button", onclick: () => paste() }, icon("note"), "Paste a job");
  const fresh = h("button", { type: "button", class: "button", onclick: () => add() }, icon("plus"), "New job");
  let force = false;

  async function begin() {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    await check({ force });
    button.removeAttribute("aria-busy");
  }

  function show(resume, job, analysis) {
    field.set(job ? named(job) : NONE.words);
    const underway = analysis && ["queued", "running"].includes(analysis.state);
    force = analysis?.state === "succeeded" && !analysis.stale;
    button.replaceChildren(icon("spark"), underway ? "Being checked…" : analysis ? "Check again" : job ? "Check the fit" : "Review the resume");
    button.disabled = !resume || underway;
    about.replaceChildren(...words(resume, job));
  }

  function words(resume, job) {
    if (!resume) return [h("p", { class: "soft" }, "Add a resume first: drop a file, or choose one.")];
    if (!job) return [h("p", { class: "soft" }, "A general review judges impact, structure, clarity and breadth of skills.")];
    if (job.description) return [];
    return [
      h(
        "div",
        { class: "notice warn" },
        h("p", {}, "This job has no description, so there is little to compare with."),
        h("button", { type: "button", class: "button small", onclick: () => describe(job) }, "Paste its description"),
      ),
    ];
  }

  function describe(job) {
    openDialog("The listing", (close) => listingForm(job, (saved) => (close(), choose(saved)), () => close()), { wide: true });
  }

  async function paste() {
    const added = await openPaste({ signal });
    if (!added) return;
    choose(added.job);
    if (added.check && !button.disabled) await begin();
  }

  function add() {
    openDialog("A new job", (close) => [
      h("p", { class: "soft" }, "It is put on your board as saved."),
      listingForm(null, async (job) => {
        close();
        choose(job);
        await keep(job);
      }, () => close()),
    ], { wide: true });
  }

  async function keep(job) {
    try {
      await post("/api/applications", { job_id: job.id });
      say(`${named(job)} is on your board.`);
    } catch (problem) {
      complain(problem);
    }
  }

  const element = h("section", { class: "panel job-panel", "aria-label": "Job" }, h("h2", {}, "Job"), field, about, h("div", { class: "row job-acts" }, button, pasted, fresh));
  return { element, show };
}

function named(job) {
  return `${job.position}, ${job.company}`;
}
