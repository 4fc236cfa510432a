// The head of an application: what and where, its status and the way to change it, and what one can do.

import { post } from "../../api.js";
import { h } from "../../dom.js";
import { go } from "../../frame.js";
import { confirmed } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { redraw, whenChanged } from "../../parts/redraw.js";
import { complain } from "../../parts/toasts.js";
import { toneOf } from "../../words.js";
import { mover } from "./mover.js";

/** The head; *show* brings it up to date. */
export function head(context) {
  const title = h("div", { class: "application-title" });
  const status = mover(context);
  const drawTitle = whenChanged(
    ({ job, status_id }) => [job, status_id],
    ({ job, status_id }) => {
      const now = context.statuses.find((one) => one.id === status_id);
      redraw(
        title,
        h("h1", {}, job.position),
        h("p", { class: "application-company" }, job.company, link(context.job)),
        h("p", { class: "visually-hidden" }, `Status: ${now?.label ?? status_id}`),
      );
      element.dataset.tone = toneOf(now);
    },
  );
  const label = "Delete this application";
  const bin = h("button", { type: "button", class: "icon-button", "aria-label": label, title: label, onclick: () => askAndRemove(context) }, icon("trash"));
  const fit = h("button", { type: "button", class: "button primary", onclick: () => check(context, fit) }, icon("spark"), "Check the fit");
  const element = h(
    "header",
    { class: "application-head" },
    h("a", { class: "back", href: "#/board" }, icon("back"), "Board"),
    h("div", { class: "application-head-row" }, title, h("div", { class: "row application-acts" }, status.select, fit, bin)),
    status.place,
  );
  const show = (value) => {
    drawTitle(value);
    status.show(value);
  };
  context.relink = () => title.querySelector(".application-company")?.replaceChildren(context.tracked.value.job.company, ...[link(context.job)].filter(Boolean));
  return { element, show };
}

/** Begin a check and go where it is shown; without a resume, go where one is chosen. */
async function check({ tracked }, button) {
  const { resume_id, job_id } = tracked.value;
  if (!resume_id) {
    go("match", "", { job: job_id });
    return;
  }
  button.setAttribute("aria-busy", "true");
  try {
    const { id } = await post(`/api/resumes/${resume_id}/analyze`, { job_id });
    go("match", "", { analysis: id });
  } catch (problem) {
    complain(problem);
    button.removeAttribute("aria-busy");
  }
}

/** The link to the listing, where it is one: nothing but an address of the web is opened. */
function link(job) {
  if (!job.url || !/^https?:\/\//i.test(job.url)) return null;
  return h("a", { href: job.url, target: "_blank", rel: "noopener noreferrer", class: "listing-link" }, icon("link"), "Open the listing");
}

async function askAndRemove(context) {
  const { position, company } = context.tracked.value.job;
  if (await confirmed("Delete this application?", `${position} at ${company} goes from your board, with its notes and history. You can undo it right after.`, "Delete")) {
    await context.remove();
  }
}
