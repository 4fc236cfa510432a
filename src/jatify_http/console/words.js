// Dates, times, numbers and codes as people read them, in the browser's own language and time zone.

const DAY = 86_400_000;
const languages = navigator.languages;
const inDate = new Intl.DateTimeFormat(languages, { day: "numeric", month: "short", year: "numeric" });
const inTime = new Intl.DateTimeFormat(languages, { dateStyle: "medium", timeStyle: "short" });
const inRelation = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const UNITS = [["year", 365 * DAY], ["month", 30 * DAY], ["week", 7 * DAY], ["day", DAY], ["hour", 3_600_000], ["minute", 60_000]];

/** A date `YYYY-MM-DD`, or an instant, as a day. */
export function day(value) {
  return value ? inDate.format(value.length === 10 ? local(value) : new Date(value)) : "";
}

export function moment(value) {
  return value ? inTime.format(new Date(value)) : "";
}

/** How long ago an instant is, or how far ahead. */
export function ago(value) {
  const gap = Date.parse(value) - Date.now();
  const [unit, size] = UNITS.find(([, one]) => Math.abs(gap) >= one) ?? ["minute", 60_000];
  return Math.abs(gap) < 60_000 ? "just now" : inRelation.format(Math.round(gap / size), unit);
}

/** How a date lies to today: "today", "in 3 days", "2 weeks ago". */
export function daysAway(date) {
  const days = Math.round((local(date) - local(today())) / DAY);
  return Math.abs(days) < 14 ? inRelation.format(days, "day") : inRelation.format(Math.round(days / 7), "week");
}

/** The user's own date now, as the API writes dates. */
export function today(shift = 0) {
  const now = new Date();
  now.setDate(now.getDate() + shift);
  return dateOf(now);
}

function dateOf(instant) {
  const parts = [instant.getFullYear(), String(instant.getMonth() + 1).padStart(2, "0"), String(instant.getDate()).padStart(2, "0")];
  return parts.join("-");
}

function local(date) {
  const [year, month, dayOfMonth] = date.split("-").map(Number);
  return new Date(year, month - 1, dayOfMonth);
}

export function count(n, one, many = `${one}s`) {
  return `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
}

export function bytes(n) {
  return n < 1024 * 1024 ? `${Math.ceil(n / 1024)} KB` : `${(n / 1024 / 1024).toFixed(1)} MB`;
}

export const REASONS = {
  timeout: "The model took too long",
  network: "The model could not be reached",
  rate_limited: "The model was asked too often",
  provider_unavailable: "The model's provider is out of order",
  provider_error: "The model's provider made an error",
  insufficient_credits: "The model's account is empty",
  unauthorized: "The model's key was refused",
  model_not_found: "There is no such model",
  context_too_long: "The texts are too long for the model",
  refused: "The model refused to answer",
  invalid_output: "The model's answer was unusable",
  resume_unreadable: "The resume cannot be read",
  listing_empty: "The listing says nothing",
  cancelled: "It was cancelled",
  worker_lost: "The worker crashed over it",
  internal: "Something went wrong inside Jatify",
};

export const BANDS = { strong: "Strong fit", good: "Good fit", partial: "Partial fit", weak: "Weak fit" };

export const ASPECTS = {
  skills: "Skills",
  experience: "Experience",
  keywords: "Keywords",
  education: "Education",
  impact: "Impact",
  structure: "Structure",
  clarity: "Clarity",
  skills_breadth: "Breadth of skills",
};

/** The word of a score, as analyses band it. */
export function bandOf(score) {
  return score >= 75 ? "strong" : score >= 60 ? "good" : score >= 40 ? "partial" : "weak";
}

/** How many days ago an instant or a date was, in words short enough for a card. */
export function since(value) {
  const date = value.length === 10 ? value : dateOf(new Date(value));
  const days = Math.round((local(today()) - local(date)) / DAY);
  return days <= 0 ? "today" : days === 1 ? "yesterday" : days < 60 ? `${days} days ago` : `${Math.round(days / 30)} months ago`;
}

/** *date* and so many days more. */
export function shifted(date, days) {
  const moved = local(date);
  moved.setDate(moved.getDate() + days);
  return dateOf(moved);
}

/** What a warning of a resume or a report says, and what to do about it. */
export const WARNINGS = {
  multi_column: "The page has columns. Simple screening software may mix them up.",
  contact_in_header: "Your address stands in the page header alone, which some software skips.",
  no_sections_found: "No heading such as “Experience” was found. Headings help software and people.",
  hidden_text: "Text that no eye sees was taken out of this file.",
  truncated_input: "Only the first 60,000 characters were read.",
  mixed_script: "A word mixes letters of two alphabets.",
  prompt_injection_suspected: "A line speaks to a program instead of a reader. It counts for nothing; take it out.",
  keyword_stuffing_suspected: "A few words come again and again. Walls of keywords gain nothing.",
  copied_from_listing: "Lines stand in the listing word for word.",
  language_not_english: "This text is not in English: names of tools, dates and form were judged, phrases were not.",
  unverified_evidence: "A quote that stands in neither text was dropped.",
  score_disagrees: "The model's score lies far above that of Jatify's own rules. Read the reasons, not the number.",
};

/** A warning in words, also one that this page does not know. */
export function warningWords(code) {
  return WARNINGS[code] ?? code.replaceAll("_", " ");
}

/** What a person can do about an analysis that failed, by its reason. */
export const ADVICE = {
  timeout: "Check again; if it happens often, a faster model helps.",
  network: "Check the server's connection, then check again.",
  rate_limited: "Wait a few minutes, then check again.",
  provider_unavailable: "Wait a while, then check again.",
  provider_error: "Check again; it is most often gone the next time.",
  insufficient_credits: "Fill up the account of the model's provider, then check again.",
  unauthorized: "Whoever runs this server must put the key of the model's provider right.",
  model_not_found: "Whoever runs this server must choose another model.",
  context_too_long: "Shorten the job's description to what matters, then check again.",
  refused: "Look for a line in the resume or the job that a model may take offence at.",
  invalid_output: "Check again; another model may do better.",
  resume_unreadable: "Upload the resume anew, best as a PDF with real text.",
  listing_empty: "Paste the job's description, then check again.",
  cancelled: "Check again whenever you like.",
  worker_lost: "Check again.",
  internal: "Check again; whoever runs this server finds more in its log.",
};

export const WORKPLACES = { onsite: "On site", hybrid: "Hybrid", remote: "Remote" };

export const PERIODS = { hour: "an hour", day: "a day", week: "a week", month: "a month", year: "a year" };

/** A salary `{min, max, currency, period}` in one line. */
export function pay(salary) {
  const given = [salary?.min, salary?.max].filter((one) => one !== null && one !== undefined);
  if (!given.length) return "";
  const range = [...new Set(given)].map((one) => one.toLocaleString("en")).join(" – ");
  const bound = given.length === 1 ? (salary.max === null ? "from " : "up to ") : "";
  return [bound + range, salary.currency, PERIODS[salary.period]].filter(Boolean).join(" ");
}

/** "1st", "2nd", "23rd". */
export function ordinal(n) {
  const ending = { one: "st", two: "nd", few: "rd", other: "th" }[new Intl.PluralRules("en", { type: "ordinal" }).select(n)];
  return `${n.toLocaleString("en")}${ending}`;
}

/** A number of seconds as people say it. */
export function lasting(seconds) {
  if (seconds < 90) return count(Math.max(1, Math.round(seconds)), "second");
  return seconds < 5_400 ? count(Math.round(seconds / 60), "minute") : count(Math.round(seconds / 3_600), "hour");
}

/** An instant as a `datetime-local` field holds it, and back. */
export function asLocal(value) {
  const at = new Date(value);
  return new Date(at - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function fromLocal(value) {
  return new Date(value).toISOString();
}

/** The tone of a status by its category: what its chips and dots are coloured with. */
export function toneOf(status) {
  return { open: "fair", interview: "violet", offer: "good", closed: "plain" }[status?.category] ?? "plain";
}
