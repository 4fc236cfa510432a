// The reasons of a report: warnings, suggestions to tick off, skills, and what is strong or missing.

import { h } from "../../dom.js";
import { icon } from "../../parts/icons.js";
import { count, warningWords } from "../../words.js";
import { quotes } from "./quotes.js";
import { tick, ticked } from "./ticks.js";

const SHOWN = 24;
const ORDER = ["required", "preferred", "mentioned"];
const ASKED = { required: "required", preferred: "nice to have", mentioned: "mentioned" };
const PRIORITIES = { high: "First", medium: "Then", low: "Later" };
const TONES = { high: "bad", medium: "warn", low: "fair" };

/** What is to be known about the texts themselves. */
export function warnings({ warnings: codes }) {
  if (!codes.length) return null;
  const items = codes.map((code) => h("li", { class: "notice warn" }, icon("warning"), h("span", {}, warningWords(code))));
  return h("section", { class: "report-warnings", "aria-label": "Warnings" }, h("ul", {}, items));
}

/** What to change, to be ticked off; this browser remembers what is. */
export function suggestions({ id, result }) {
  if (!result.suggestions.length) return null;
  const done = h("span", { class: "soft", "aria-live": "polite" });
  const tell = () => (done.textContent = `${ticked(id).size} of ${result.suggestions.length} done`);
  const items = result.suggestions.map((one, at) => {
    const change = (event) => {
      tick(id, at, event.target.checked);
      tell();
    };
    return h(
      "li",
      {},
      h(
        "label",
        { class: "suggestion" },
        h("input", { type: "checkbox", checked: ticked(id).has(at), onchange: change }),
        h(
          "span",
          { class: "suggestion-words" },
          h("span", { class: "suggestion-text" }, one.text),
          h(
            "span",
            { class: "row" },
            h("span", { class: "chip", dataset: { tone: TONES[one.priority] } }, PRIORITIES[one.priority]),
            one.section && h("span", { class: "soft" }, one.section),
          ),
        ),
      ),
    );
  });
  tell();
  return h("section", { class: "panel suggestions", "aria-label": "Suggestions" }, h("div", { class: "panel-head" }, h("h3", {}, "What to change"), done), h("ul", {}, items));
}

/** The skills that are asked for: those the resume shows, and those it does not. */
export function skills({ matched_skills, missing_skills }, point) {
  if (!matched_skills.length && !missing_skills.length) return null;
  return h(
    "section",
    { class: "panel skills", "aria-label": "Skills" },
    group("In your resume", "matched", matched_skills, point),
    group("Not in your resume", "missing", missing_skills, point),
  );
}

function group(title, kind, all, point) {
  if (!all.length) return null;
  const sorted = [...all].sort((one, other) => ORDER.indexOf(one.importance) - ORDER.indexOf(other.importance));
  const list = h("ul", { class: "skill-list" }, sorted.map((skill) => h("li", {}, chip(skill, kind, point))));
  const more = h("button", { type: "button", class: "button quiet small", onclick: () => reveal() }, `Show all ${all.length}`);
  const late = [...list.children].slice(SHOWN);
  for (const item of late) item.hidden = true;
  const reveal = () => {
    for (const item of late) item.hidden = false;
    more.remove();
    late[0].querySelector("button, span")?.focus?.();
  };
  return h("div", { class: "skill-group" }, h("h3", {}, title, h("span", { class: "soft" }, ` ${all.length}`)), list, late.length > 0 && more);
}

function chip(skill, kind, point) {
  const asked = h("span", { class: "visually-hidden" }, `, ${ASKED[skill.importance]}`);
  const attributes = { class: "skill", dataset: { kind, importance: skill.importance }, title: `${skill.name}: ${ASKED[skill.importance]}` };
  const words = [icon(kind === "matched" ? "check" : "plus"), skill.name, asked];
  if (!skill.evidence.length) return h("span", attributes, words);
  return h("button", { type: "button", ...attributes, onclick: () => point(skill.evidence, skill.name) }, words);
}

/** What speaks for the resume. */
export function strengths({ strengths: points }, point) {
  return pointsPanel("What is strong", "strong", points, point);
}

/** What speaks against it. */
export function gaps({ gaps: points }, point) {
  return pointsPanel("What is missing", "weak", points, point);
}

function pointsPanel(title, kind, points, point) {
  if (!points.length) return null;
  const items = points.map((one) => h("li", { dataset: { kind } }, h("p", {}, one.text), quotes(one.evidence, point)));
  const list = h("ul", { class: "points" }, items);
  const head = h("summary", {}, h("h3", {}, title), h("span", { class: "soft" }, count(points.length, "point")));
  return h("section", { class: "panel", "aria-label": title }, h("details", { class: "points-panel" }, head, list));
}
