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
