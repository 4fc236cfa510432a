// The form of a listing: every member, with what is typed kept by this browser until the server has it.

import { Problem, get, patch, post } from "../api.js";
import { h } from "../dom.js";
import { WORKPLACES } from "../words.js";
import { choices, field, form } from "./dialog.js";
import { keep, kept, ownPlace } from "./keeping.js";

const LINES = ["company", "position", "location", "employment_type", "source"];
const LINE = 200;
const PROSE = 40_000;
const PERIOD_WORDS = { hour: "An hour", day: "A day", week: "A week", month: "A month", year: "A year" };
const LABELS = {
  company: "The company",
  position: "The position",
  description: "The description",
  url: "The link",
  location: "The place",
  workplace: "The workplace",
  employment_type: "The kind of job",
  salary: "The pay",
  source: "Where it was found",
  posted_on: "The day it was posted",
  deadline_on: "The deadline",
};

/** A form for *job*, or for a new one where that is null. *done* is given the job as the server has it then,
 * *cancelled* ends it without. */
export function listingForm(job, done, cancelled) {
  const place = placeOf(job);
  const left = kept(place);
  let base = { ...draftOf(job ?? {}), ...left?.base };
  const shown = left?.shown ?? flat(base);
  let theirs = null;
  const element = form({ class: "listing-form" }, fields(shown), job ? "Save" : "Add this job", async (values) => {
    checked(values);
    const draft = drafted(values);
    const saved = job ? await change(draft) : await post("/api/jobs", draft);
    keep(place, null);
    await done(saved);
  });

  async function change(draft) {
    const changed = Object.fromEntries(Object.entries(draft).filter(([name, value]) => differ(value, base[name])));
    const now = await get(`/api/jobs/${job.id}`);
    const odds = Object.keys(changed).filter((name) => differ(now[name], base[name]) && differ(now[name], changed[name]));
    // Told once; whoever saves again has seen it.
    if (odds.length && theirs !== now.version) {
      theirs = now.version;
      const trouble = element.querySelector(".trouble");
      const words = odds.map((name) => `${LABELS[name]} reads “${excerpt(now[name])}” there.`);
      trouble.textContent = `This was changed in another window. ${words.join(" ")} Save again to keep yours.`;
      throw new DOMException("changed elsewhere", "AbortError");
    }
    return Object.keys(changed).length ? patch(`/api/jobs/${job.id}`, changed, { version: now.version }) : now;
  }

  element.addEventListener("input", () => {
    const values = Object.fromEntries(new FormData(element));
    keep(place, { base, shown: values });
  });
  const away = () => {
    keep(place, null);
    cancelled();
  };
  element.querySelector(".actions").prepend(h("button", { type: "button", class: "button", onclick: away }, "Cancel"));
  return element;
}

/** Whether an edit of *job* was begun and neither saved nor cancelled. */
export function begun(job) {
  return kept(placeOf(job)) !== null;
}

function placeOf(job) {
  return ownPlace("listing", { rest: [job?.id ?? "new"] });
}

function fields(shown) {
  const text = (name, label, more = {}) => field(label, { name, value: shown[name] ?? "", autocomplete: "off", ...more });
  return [
    h("div", { class: "pair" }, text("company", "Company", { required: true }), text("position", "Position", { required: true })),
    text("url", "Link", { type: "url", inputmode: "url", placeholder: "https://" }),
    text("description", "Description", { tag: "textarea", rows: 10, hint: "Paste the whole text: the check reads it." }),
    h("div", { class: "pair" }, text("location", "Place"), select("workplace", "Workplace", WORKPLACES, shown)),
    h("div", { class: "pair" }, text("employment_type", "Kind of job", { placeholder: "Full-time" }), text("source", "Found at", { placeholder: "LinkedIn" })),
    pay(shown, text),
    h("div", { class: "pair" }, text("posted_on", "Posted on", { type: "date" }), text("deadline_on", "Apply until", { type: "date" })),
  ];
}

function select(name, label, words, shown) {
  return field(label, { tag: "select", name, options: choices([["", "Not said"], ...Object.entries(words)], shown[name]) });
}

function pay(shown, text) {
  return h(
    "fieldset",
    { class: "pay" },
    h("legend", {}, "Pay"),
    text("salary_min", "From", { type: "number", min: 0, inputmode: "numeric" }),
    text("salary_max", "To", { type: "number", min: 0, inputmode: "numeric" }),
    text("salary_currency", "Currency", { placeholder: "EUR" }),
    select("salary_period", "For", PERIOD_WORDS, shown),
  );
}

function draftOf(job) {
  return Object.fromEntries(Object.keys(LABELS).map((name) => [name, job[name] ?? null]));
}

function flat({ salary, ...rest }) {
  const paid = Object.fromEntries(Object.entries(salary ?? {}).map(([name, value]) => [`salary_${name}`, value]));
  return { ...rest, ...paid };
}

function drafted(values) {
  const said = (name) => (values[name] ?? "").trim() || null;
  const amount = (name) => (said(name) === null ? null : Number(said(name)));
  const salary = {
    min: amount("salary_min"),
    max: amount("salary_max"),
    currency: said("salary_currency")?.toUpperCase() ?? null,
    period: said("salary_period"),
  };
  const plain = Object.fromEntries(Object.keys(LABELS).filter((name) => name !== "salary").map((name) => [name, said(name)]));
  const paid = Object.values(salary).some((value) => value !== null);
  // What must be there is sent as it is, so that the refusal stands at its field.
  const url = said("url") && addressed(values.url);
  return { ...plain, url, company: values.company, position: values.position, salary: paid ? salary : null };
}

/** Refuse what the server would refuse, in words of this form. */
function checked(values) {
  const errors = [];
  const wrong = (name, message) => errors.push({ pointer: `/${name}`, message });
  for (const name of ["company", "position"]) if (!values[name].trim()) wrong(name, name === "company" ? "Name the company." : "Name the position.");
  for (const name of LINES) if ([...values[name]].length > LINE) wrong(name, `At most ${LINE} characters.`);
  if ([...values.description].length > PROSE) wrong("description", `At most ${PROSE.toLocaleString("en")} characters.`);
  if (values.url.trim() && !URL.canParse(addressed(values.url))) wrong("url", "This is no address of a web page.");
  if (values.salary_currency.trim() && !/^[a-z]{3}$/i.test(values.salary_currency.trim())) wrong("salary_currency", "Three letters, such as EUR.");
  if (errors.length) throw new Problem(422, { errors });
}

/** What was typed as a link, with the beginning that people leave out. */
function addressed(url) {
  return /^https?:\/\//i.test(url.trim()) ? url.trim() : `https://${url.trim()}`;
}

function differ(one, other) {
  return JSON.stringify(ordered(one)) !== JSON.stringify(ordered(other));
}

function ordered(value) {
  return value && typeof value === "object" ? Object.entries(value).sort() : (value ?? null);
}

function excerpt(value) {
  const text = typeof value === "string" ? value : value ? Object.values(value).filter(Boolean).join(" ") : "nothing";
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
