// The listing of an application: its facts and its text to read, or the form to change them.

import { get } from "../../api.js";
import { h } from "../../dom.js";
import { begun, listingForm } from "../../parts/listing-form.js";
import { prose } from "../../parts/prose.js";
import { icon } from "../../parts/icons.js";
import { complain, say } from "../../parts/toasts.js";
import { WORKPLACES, day, daysAway, pay } from "../../words.js";

const UNFOLDED = 1_200;

/** The panel; the listing itself is read anew when the application shows that it changed. */
export function listingPanel(context) {
  const { tracked } = context;
  const body = h("div", {});
  const edit = h("button", { type: "button", class: "button quiet small", onclick: () => write() }, icon("edit"), "Edit");
  let writing = false;

  function read() {
    writing = false;
    edit.hidden = false;
    body.replaceChildren(facts(context.job), text(context.job));
  }

  function write() {
    writing = true;
    edit.hidden = true;
    const form = listingForm(context.job, saved, () => {
      read();
      edit.focus();
    });
    body.replaceChildren(form);
    if (!begun(context.job)) form.querySelector("input").focus();
  }

  async function saved(job) {
    context.job = job;
    read();
    edit.focus();
    say("The listing is saved.");
    await tracked.read();
    context.relink();
  }

  async function show({ job }) {
    if (writing || (job.company === context.job.company && job.position === context.job.position)) return;
    try {
      context.job = await get(`/api/jobs/${job.id}`, {}, { signal: context.signal });
      if (!writing) read();
    } catch (problem) {
      complain(problem);
    }
  }

  if (begun(context.job)) write();
  else read();
  const element = h("section", { class: "panel listing", "aria-label": "Listing" }, h("div", { class: "panel-head" }, h("h2", {}, "Listing"), edit), body);
  return { element, show };
}

function facts(job) {
  const rows = [
    ["Place", [job.location, WORKPLACES[job.workplace]].filter(Boolean).join(", ")],
    ["Kind", job.employment_type],
    ["Pay", pay(job.salary)],
    ["Found at", job.source],
    ["Posted", day(job.posted_on)],
    ["Apply until", job.deadline_on && `${day(job.deadline_on)}, ${daysAway(job.deadline_on)}`],
  ].filter(([, value]) => value);
  if (!rows.length) return "";
  return h("dl", { class: "facts" }, rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

function text(job) {
  if (!job.description) return h("p", { class: "soft" }, "No description yet. Paste it in: the fit check reads it.");
  const written = h("div", { class: "prose" }, prose(job.description));
  if (job.description.length < UNFOLDED) return written;
  const all = h("button", { type: "button", class: "button quiet small", "aria-expanded": "false", onclick: () => turn() }, "Show all");
  written.classList.add("folded");
  const turn = () => {
    const open = !written.classList.toggle("folded");
    all.setAttribute("aria-expanded", String(open));
    all.textContent = open ? "Show less" : "Show all";
  };
  return h("div", {}, written, all);
}
