// The two texts beside each other, with what was found and what was missed marked where it stands.

import { get } from "../../api.js";
import { freshId, h } from "../../dom.js";
import { icon } from "../../parts/icons.js";
import { unwrapped } from "../../parts/prose.js";
import { complain } from "../../parts/toasts.js";
import { namedIn, pieces, placesOf } from "./places.js";

/** What a mark shows where several overlap: the first that is there. */
const KINDS = ["missing", "matched", "asked", "shown", "quote"];
const REVIEW = [["quote", "what the reasons quote"]];
const LEGEND = {
  resume: [["matched", "asked for, and here"], ["shown", "where it shows"]],
  listing: [["matched", "in your resume"], ["missing", "not in your resume"], ["asked", "where it is asked for"]],
};

/** Both panes; *point(evidence, name)* shows where it stands. *back* leads from a pane to the reasons, on a phone. */
export function texts({ resume, job, result, signal, back }) {
  const panes = { resume: pane("resume", resume.name, job ? LEGEND.resume : REVIEW, back), ...(job && { listing: pane("listing", `${job.position}, ${job.company}`, LEGEND.listing, back) }) };
  const found = gathered(result);
  const ready = Promise.all([readResume(resume, signal), job ? listingText(job) : null]).then(
    ([text, listing]) => {
      panes.resume.fill(text, found.resume);
      panes.listing?.fill(listing, found.listing);
    },
    complain,
  );

  async function point(evidence, name) {
    await ready;
    for (const one of Object.values(panes)) one.clear();
    for (const [source, one] of Object.entries(panes)) one.point(evidence.filter((item) => item.source === source), name);
  }

  return { element: h("div", { class: "texts" }, Object.values(panes).map((one) => one.element)), point };
}

async function readResume(resume, signal) {
  return (await get(`/api/resumes/${resume.id}/text`, {}, { signal })).text;
}

/** A listing as analyzers read it: quotes are counted in this. */
function listingText({ position, company, description }) {
  return description ? `${position}\n${company}\n\n${description}` : `${position}\n${company}`;
}

/** Per source, the evidence to mark and the names of skills to look for. */
function gathered(result) {
  const kinds = { resume: [], listing: [] };
  const add = (kind, evidence) => evidence.forEach((one) => kinds[one.source].push({ kind, one }));
  for (const skill of result.matched_skills) add("shown", skill.evidence);
  for (const skill of result.missing_skills) add("asked", skill.evidence);
  for (const part of [...result.sub_scores, ...result.strengths, ...result.gaps]) add("quote", part.evidence);
  const names = [...result.matched_skills.map(({ name }) => ["matched", name]), ...result.missing_skills.map(({ name }) => ["missing", name])];
  return { resume: { quoted: kinds.resume, names: names.filter(([kind]) => kind === "matched") }, listing: { quoted: kinds.listing, names } };
}

function pane(source, title, legend, back) {
  const heading = freshId("text");
  const body = h("div", { class: "text-body", tabindex: 0, role: "region", "aria-labelledby": heading }, h("p", { class: "soft" }, "Loading…"));
  const gone = h("p", { class: "notice warn", hidden: true, role: "status" });
  const explained = h("ul", { class: "text-legend" }, legend.map(([kind, words]) => h("li", {}, h("mark", { dataset: { kind } }, "Aa"), words)));
  const marks = new Map();
  const element = h(
    "section",
    { class: "panel text-pane", dataset: { source } },
    h(
      "div",
      { class: "panel-head" },
      h("h2", { id: heading }, h("span", { class: "soft" }, source === "resume" ? "Resume " : "Job "), title),
      h("button", { type: "button", class: "button quiet small text-back", onclick: back }, icon("back"), "Why"),
    ),
    explained,
    gone,
    body,
  );

  function fill(text, { quoted, names }) {
    const places = placesOf(quoted.map(({ one }) => one), text);
    const ranges = quoted.map(({ kind, one }, at) => ({ ...places[at], kind, key: keyOf(one) })).filter(({ start }) => start !== undefined);
    for (const [kind, name] of names) ranges.push(...namedIn(text, name).map((place) => ({ ...place, kind, name })));
    body.replaceChildren(...pieces(unwrapped(text), ranges).map(drawn));
  }

  function drawn({ text, ranges }) {
    if (!ranges.length) return text;
    const kind = KINDS.find((one) => ranges.some((range) => range.kind === one));
    const mark = h("mark", { dataset: { kind } }, text);
    for (const { key, name } of ranges) {
      for (const one of [key, name].filter(Boolean)) marks.set(one, [...(marks.get(one) ?? []), mark]);
    }
    return mark;
  }

  function clear() {
    gone.hidden = true;
    for (const mark of body.querySelectorAll(".here, .here-name")) mark.classList.remove("here", "here-name");
  }

  function point(evidence, name) {
    const there = evidence.flatMap((one) => marks.get(keyOf(one)) ?? []);
    const called = marks.get(name) ?? [];
    for (const mark of there) mark.classList.add("here");
    for (const mark of called) mark.classList.add("here-name");
    if (evidence.length && !there.length) {
      gone.textContent = "The text reads otherwise now: this quote no longer stands in it.";
      gone.hidden = false;
    }
    const first = there[0] ?? called[0];
    if (first) bring(body, there.find((mark) => mark.classList.contains("here-name")) ?? first);
  }

  return { element, fill, clear, point };
}

/** Bring *mark* into the middle of its pane, and the pane into view. */
function bring(body, mark) {
  const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  if (body.scrollHeight > body.clientHeight + 1) {
    const within = mark.getBoundingClientRect().top - body.getBoundingClientRect().top + body.scrollTop;
    body.scrollTo({ top: within - body.clientHeight / 3, behavior });
    const { top, bottom } = body.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight + 80) body.scrollIntoView({ block: "nearest", behavior });
  } else mark.scrollIntoView({ block: "center", behavior });
  // On a phone the reasons are hidden now: whoever uses the keyboard goes on from the text.
  if (matchMedia("(max-width: 48rem)").matches) body.focus({ preventScroll: true });
}

function keyOf({ start, end }) {
  return `${start}:${end}`;
}
