// A listing out of what one pasted: the server reads it, one looks it over, and it is kept with an application.

import { Problem, post } from "../api.js";
import { h } from "../dom.js";
import { choices, field, form, openDialog } from "./dialog.js";
import { keep, kept, ownPlace } from "./keeping.js";
import { complain } from "./toasts.js";
import { twinsNotice } from "./twins.js";

const MOST = 1_000_000;
const NEEDED = [["company", "Say which company it is."], ["position", "Say which position it is."]];
const WORKPLACES = [["", "Not said"], ["onsite", "On site"], ["hybrid", "Hybrid"], ["remote", "Remote"]];
const PERIODS = [["", "Not said"], ["year", "a year"], ["month", "a month"], ["week", "a week"], ["day", "a day"], ["hour", "an hour"]];

/** Let the user paste a listing and keep it; answers `{job, application, check}`, undefined if he left.
 *
 * *content* is read at once if it is given. *statuses* may be chosen from. `check` tells that he wants to see the fit.
 * What was pasted is kept until it has become a listing, so that leaving by mistake loses nothing.
 */
export function openPaste({ content = "", statuses = [], signal } = {}) {
  return openDialog("Add from a paste", (close) => {
    const place = h("div", { class: "paste" });
    const ask = () => place.replaceChildren(pasting(read, signal));
    const read = (found, pasted) => place.replaceChildren(looking(found, pasted, { statuses, close, ask }));
    if (content) readListing(content, signal).then((found) => read(found, content), (problem) => (keepPaste(content), ask(), complain(problem)));
    place.append(content ? h("p", { role: "status" }, "Reading…") : pasting(read, signal));
    return place;
  }, { wide: true });
}

/** What the server makes of *content*: `{draft, possible_duplicates}`. */
export function readListing(content, signal) {
  return post("/api/jobs/parse", { content: content.slice(0, MOST) }, { signal });
}

/** What to read of a paste *event*: its markup says more than its words, where there is some. */
export function pastedText(event) {
  const markup = event.clipboardData?.getData("text/html") ?? "";
  const words = event.clipboardData?.getData("text/plain") ?? "";
  return { words, content: markup.length > words.length && markup.length < MOST ? markup : words };
}

function pasting(read, signal) {
  let pasted = { words: "", content: "" };
  const area = field("The listing, as text or as the page's source", {
    tag: "textarea",
    name: "content",
    rows: 12,
    required: true,
    maxlength: MOST,
    hint: "Copy the whole page of the job, or only its text. Nothing is fetched from the web.",
    onpaste: (event) => (pasted = pastedText(event)),
    oninput: (event) => keepPaste(event.target.value),
  });
  const text = area.querySelector("textarea");
  text.value = leftPaste();
  return form({ "aria-label": "Paste" }, [area], "Read it", async ({ content }) => {
    if (content.trim() === "") return text.focus();
    const whole = words(content) === words(pasted.words) ? pasted.content : content;
    read(await readListing(whole, signal), content);
  });
}

function looking({ draft, possible_duplicates: twins }, pasted, { statuses, close, ask }) {
  let check = false;
  let job = null;
  const element = form({ "aria-label": "The listing" }, fields(draft, pasted, statuses), "Add to the board", async (given) => {
    const { status_id, ...listing } = drafted(given);
    const missing = NEEDED.filter(([name]) => !listing[name]);
    if (missing.length > 0) throw new Problem(422, { errors: missing.map(([name, message]) => ({ pointer: `/${name}`, message })) });
    // Where the listing was made and the application was not, trying again makes no second listing.
    job ??= await post("/api/jobs", listing);
    const application = await post("/api/applications", { job_id: job.id, ...(status_id ? { status_id } : {}) });
    keepPaste("");
    close({ job, application, check });
  });
  element.addEventListener("input", () => (job = null));
  const submit = element.querySelector(".actions .button");
  const asked = (wanted) => () => (check = wanted);
  submit.addEventListener("click", asked(false));
  const andSee = h("button", { type: "button", class: "button", onclick: asked(true) }, "Add and see the fit");
  andSee.addEventListener("click", () => element.requestSubmit());
  submit.before(h("button", { type: "button", class: "button quiet", onclick: ask }, "Back"), andSee);
  const notice = twinsNotice(twins);
  notice?.addEventListener("click", (event) => event.target.closest("a") && close());
  return h("div", { class: "paste" }, notice, element);
}

function fields(draft, pasted, statuses) {
  const salary = draft.salary ?? {};
  const one = (label, name, more = {}) => field(label, { name, value: draft[name] ?? "", autocomplete: "off", ...more });
  const several = h("details", { class: "paste-more" }, h("summary", {}, "Salary, dates and the rest"), h(
    "div",
    { class: "pair" },
    one("Employment", "employment_type", { maxlength: 200 }),
    one("Source", "source", { maxlength: 200 }),
    one("Posted on", "posted_on", { type: "date" }),
    one("Salary from", "salary_min", { type: "number", min: 0, value: salary.min ?? "" }),
    one("Salary to", "salary_max", { type: "number", min: 0, value: salary.max ?? "" }),
    one("Currency", "salary_currency", { maxlength: 3, value: salary.currency ?? "", placeholder: "EUR" }),
    field("Paid", { tag: "select", name: "salary_period", options: choices(PERIODS, salary.period) }),
  ));
  return [
    h("div", { class: "pair" }, one("Company", "company", { required: true, maxlength: 200 }), one("Position", "position", { required: true, maxlength: 200 })),
    h(
      "div",
      { class: "pair" },
      one("Location", "location", { maxlength: 200 }),
      field("Workplace", { tag: "select", name: "workplace", options: choices(WORKPLACES, draft.workplace) }),
      one("Apply by", "deadline_on", { type: "date" }),
      statuses.length > 0 && field("Add to", { tag: "select", name: "status_id", options: choices(statuses.map(({ id, label }) => [id, label]), "saved") }),
    ),
    one("Link", "url", { type: "url", maxlength: 2000, placeholder: "https://" }),
    field("Description", { tag: "textarea", name: "description", rows: 8, value: draft.description ?? pasted }),
    several,
  ];
}

function drafted({ salary_min, salary_max, salary_currency, salary_period, ...given }) {
  const salary = {
    ...(salary_min === "" ? {} : { min: Number(salary_min) }),
    ...(salary_max === "" ? {} : { max: Number(salary_max) }),
    ...(salary_currency.trim() === "" ? {} : { currency: salary_currency.trim().toUpperCase() }),
    ...(salary_period === "" ? {} : { period: salary_period }),
  };
  const listing = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, value.trim()]).filter(([, value]) => value !== ""));
  return { ...listing, ...(Object.keys(salary).length ? { salary } : {}) };
}

const words = (text) => text.replace(/\s+/g, " ").trim();
const leftPaste = () => kept(ownPlace("paste"), sessionStorage) ?? "";
const keepPaste = (text) => keep(ownPlace("paste"), text || null, sessionStorage);
