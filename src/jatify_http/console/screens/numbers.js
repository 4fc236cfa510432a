// The numbers: how far applications come, where they end, how long it takes, and what brings answers.

import { get } from "../api.js";
import { changes } from "../changes.js";
import { Part, h, settled } from "../dom.js";
import { go } from "../frame.js";
import { bars, columns, figure, funnel, legend, numbers } from "../parts/charts.js";
import { icon } from "../parts/icons.js";
import { sankey } from "../parts/sankey.js";
import { complain } from "../parts/toasts.js";
import { count, day, today } from "../words.js";

const STAGES = { saved: "Saved", applied: "Applied", interview: "Interview", offer: "Offer", accepted: "Accepted" };
const TONES = { saved: "plain", applied: "fair", interview: "violet", offer: "warn", accepted: "good", open: "accent" };
const SPANS = [["", "All time"], ["30", "30 days"], ["90", "90 days"], ["365", "A year"]];
const SERIES = [
  { key: "applied", label: "Applied", tone: "fair" },
  { key: "interviews", label: "Interviews", tone: "violet" },
  { key: "offers", label: "Offers", tone: "good" },
];
const shortDay = new Intl.DateTimeFormat(navigator.languages, { day: "numeric", month: "short", timeZone: "UTC" });

class Numbers extends Part {
  #body = h("div", { class: "figures", "aria-live": "off" });
  #statuses = new Map();

  get #span() {
    const given = this.given.query.get("days") ?? "";
    return SPANS.some(([value]) => value === given) ? given : "";
  }

  opened() {
    const spans = SPANS.map(([value, label]) =>
      h("button", { type: "button", class: "segment", "aria-pressed": String(value === this.#span), onclick: () => go("numbers", "", value ? { days: value } : {}) }, label),
    );
    this.replaceChildren(
      h("header", { class: "screen-head" }, h("h1", {}, "Numbers"), h("div", { class: "segments", role: "group", "aria-label": "Since when" }, spans)),
      this.#body,
    );
    const anew = settled(() => this.#load(), 500);
    for (const kind of ["application.updated", "resync"]) this.listen(changes, kind, anew);
    this.#load();
  }

  async #load() {
    const signal = this.signal;
    const from = this.#span ? today(1 - Number(this.#span)) : null;
    try {
      const [stats, statuses] = await Promise.all([get("/api/stats", { from }, { signal }), get("/api/statuses", { limit: 100 }, { signal })]);
      this.#statuses = new Map(statuses.items.map((status) => [status.id, status]));
      this.#draw(stats);
    } catch (problem) {
      complain(problem);
    }
  }

  #draw(stats) {
    if (!stats.applications) {
      this.#body.replaceChildren(h("div", { class: "empty wide-figure" }, icon("numbers"), h("p", {}, "There are no applications in this time. Numbers grow by themselves as you move cards on the board.")));
      return;
    }
    const open = [...this.#body.querySelectorAll("details")].map((one) => one.open);
    this.#body.replaceChildren(
      this.#totals(stats),
      this.#funnel(stats.funnel),
      this.#time(stats.time_in_status),
      this.#flows(stats.flows),
      this.#weeks(stats.weeks),
      this.#responses(stats.responses),
    );
    this.#body.querySelectorAll("details").forEach((one, index) => (one.open = open[index] ?? false));
  }

  #totals({ applications, funnel: steps }) {
    const reached = Object.fromEntries(steps.map((step) => [step.stage, step.reached]));
    const tiles = [
      [applications, applications === 1 ? "application" : "applications"],
      [reached.applied, "sent"],
      [reached.applied ? `${Math.round((100 * reached.interview) / reached.applied)} %` : "–", "of the sent led to an interview"],
      [reached.offer, reached.offer === 1 ? "offer" : "offers"],
    ];
    return h("ul", { class: "tiles wide-figure" }, tiles.map(([figure, words]) => h("li", { class: "panel" }, h("strong", {}, String(figure)), h("span", { class: "soft" }, words))));
  }

  #funnel(steps) {
    const drawn = steps.map(({ stage, reached }) => ({ label: STAGES[stage], value: reached, tone: TONES[stage] }));
    const rows = steps.map(({ stage, reached, now }) => [STAGES[stage], reached, now]);
    return figure("How far they came", funnel(drawn), ["Stage", "Reached", "There now"], rows, "Counted by the furthest stage each has ever reached.");
  }

  #time(spans) {
    const known = spans.filter((span) => span.count > 0);
    const words = (span) => `${days(span.median_days)}, nine of ten within ${days(span.p90_days)}`;
    const drawn = known.map((span) => ({ label: this.#label(span.status_id), value: span.median_days, mark: span.p90_days, words: words(span), tone: "accent" }));
    const rows = spans.map((span) => [this.#label(span.status_id), span.count, span.median_days, span.p90_days, span.now]);
    const drawing = known.length ? bars(drawn) : h("p", { class: "soft" }, "Nothing has moved on yet.");
    return figure("Time in a status", drawing, ["Status", "Stays that ended", "Median days", "90 % within", "There now"], rows, "Half of them moved on within the bar.");
  }

  #flows(flows) {
    const named = (name) => STAGES[name] ?? (name === "open" ? "Still open" : this.#label(name.replace(/^status:/, "")));
    const tone = (name) => TONES[name] ?? "bad";
    const drawing = flows.length ? sankey(flows, named, tone) : h("p", { class: "soft" }, "Nothing has moved yet.");
    const rows = flows.map((flow) => [named(flow.source), named(flow.target), flow.count]);
    const drawn = figure("Where they went", drawing, ["From", "To", "Applications"], rows);
    drawn.classList.add("wide-figure");
    return drawn;
  }

  #weeks(weeks) {
    const shown = weeks.slice(-53).map((week) => ({ ...week, label: shortDay.format(new Date(`${week.week}T00:00:00Z`)) }));
    const rows = shown.map((week) => [day(week.week), week.created, week.applied, week.interviews, week.offers, week.closed]);
    const drawing = h("div", {}, legend(SERIES), columns(shown, SERIES, "Applied, interviews and offers by week; the table below has the numbers"));
    const drawn = figure("Week by week", drawing, ["Week of", "Saved", "Applied", "Interviews", "Offers", "Closed"], rows);
    drawn.classList.add("wide-figure");
    return drawn;
  }

  #responses({ by_source, by_resume, by_score }) {
    const table = (title, head, groups) =>
      h("section", {}, h("h3", {}, title), groups.length ? numbers([head, "Sent", "Answered", "Rate"], groups.map((one) => [one.label, one.applied, one.responded, percent(one.rate)])) : h("p", { class: "soft" }, "Nothing was sent yet."));
    return h(
      "section",
      { class: "panel figure wide-figure" },
      h("h2", {}, "What brings answers"),
      h("p", { class: "soft" }, "An answer is an interview or more, after the application was sent."),
      h("div", { class: "answers" }, table("By source", "Source", by_source), table("By resume", "Resume", by_resume), table("By score", "Score", by_score)),
    );
  }

  #label(statusId) {
    return this.#statuses.get(statusId)?.label ?? statusId;
  }
}

function days(n) {
  return n === null ? "no time" : count(Math.round(n * 10) / 10, "day");
}

function percent(rate) {
  return rate === null ? "–" : `${Math.round(100 * rate)} %`;
}

customElements.define("jatify-numbers", Numbers);
