// The numbers: how far applications come, where they end, how long it takes, and what brings answers.

import { all, get } from "../api.js";
import { changes } from "../changes.js";
import { Part, h, settled } from "../dom.js";
import { addressOf } from "../frame.js";
import { offerAgain } from "../parts/again.js";
import { bars, columns, figure, funnel, legend, numbers } from "../parts/charts.js";
import { icon } from "../parts/icons.js";
import { keepFocus, whenChanged } from "../parts/redraw.js";
import { sankey } from "../parts/sankey.js";
import { complain } from "../parts/toasts.js";
import { count, day, today } from "../words.js";

const STAGES = { saved: "Saved", applied: "Applied", interview: "Interview", offer: "Offer", accepted: "Accepted" };
const TONES = { saved: "plain", applied: "fair", interview: "violet", offer: "good", accepted: "accent", open: "warn" };
const SPANS = [["", "All time"], ["30", "30 days"], ["90", "90 days"], ["365", "A year"]];
const SERIES = [
  { key: "applied", label: "Applied", tone: "fair" },
  { key: "interviews", label: "Interviews", tone: "violet" },
  { key: "offers", label: "Offers", tone: "good" },
];
const shortDay = new Intl.DateTimeFormat(navigator.languages, { day: "numeric", month: "short", timeZone: "UTC" });

const GATHERED = 500;

class Numbers extends Part {
  #body = h("div", { class: "figures", "aria-live": "off" });
  #statuses = new Map();

  #spans = SPANS.map(([value, label]) => h("button", { type: "button", class: "segment", dataset: { value }, onclick: () => this.#choose(value) }, label));
  #span = "";
  #turn = 0;
  #show = whenChanged((numbers) => numbers, (numbers) => keepFocus(this.#body, () => this.#draw(numbers)));

  opened() {
    const given = this.given.query.get("days") ?? "";
    this.#span = SPANS.some(([value]) => value === given) ? given : "";
    this.#mark();
    const anew = settled(() => this.#load({ unasked: true }), GATHERED);
    for (const kind of ["application.updated", "analysis.updated", "resync"]) this.listen(changes, kind, anew);
    this.#load();
  }

  /** Another span: the address tells it, and the screen stays. */
  #choose(value) {
    this.#span = value;
    this.#mark();
    history.replaceState(null, "", addressOf("numbers", "", value ? { days: value } : {}));
    this.#load();
  }

  #mark() {
    for (const one of this.#spans) one.setAttribute("aria-pressed", String(one.dataset.value === this.#span));
  }

  async #load({ unasked = false } = {}) {
    const { signal } = this;
    this.#turn += 1;
    const turn = this.#turn;
    const query = { from: this.#span ? today(1 - Number(this.#span)) : null, tz_offset: -new Date().getTimezoneOffset() };
    try {
      const [stats, statuses] = await Promise.all([get("/api/stats", query, { signal }), all("/api/statuses", {}, { signal })]);
      if (turn !== this.#turn) return;
      this.#frame();
      this.#show({ stats, statuses });
    } catch (problem) {
      // That the server cannot be reached is told at the page's edge already.
      if (this.#body.isConnected && unasked && problem.status === 0) return;
      if (this.#body.isConnected) complain(problem);
      else offerAgain(this, problem, () => this.#load());
    }
  }

  #frame() {
    if (this.#body.isConnected) return;
    const spans = h("div", { class: "segments", role: "group", "aria-label": "Since when" }, this.#spans);
    this.replaceChildren(h("header", { class: "screen-head" }, h("h1", {}, "Numbers"), spans), this.#body);
  }

  #draw({ stats, statuses }) {
    this.#statuses = new Map(statuses.map((status) => [status.id, status]));
    if (!stats.applications) {
      this.#body.replaceChildren(this.#nothing());
      return;
    }
    const opened = new Set([...this.#body.querySelectorAll("details[open]")].map((one) => one.dataset.of));
    const places = new Map([...this.#body.querySelectorAll(".drawing")].map((one) => [one.dataset.key, one.scrollLeft]));
    this.#body.replaceChildren(
      this.#totals(stats),
      this.#funnel(stats.funnel),
      this.#time(stats.time_in_status),
      this.#flows(stats.flows),
      this.#weeks(stats.weeks),
      this.#responses(stats.responses),
    );
    for (const one of this.#body.querySelectorAll("details")) one.open = opened.has(one.dataset.of);
    for (const one of this.#body.querySelectorAll(".drawing")) one.scrollLeft = places.get(one.dataset.key) ?? (one.querySelector(".columns") ? one.scrollWidth : 0);
  }

  #nothing() {
    const words = this.#span ? "No application was begun in this time." : "Numbers grow by themselves as your applications move on.";
    return h("div", { class: "empty wide-figure" }, icon("numbers"), h("p", {}, words), h("a", { class: "button", href: addressOf("board") }, "Go to the board"));
  }

  #totals({ applications, funnel: steps }) {
    const reached = Object.fromEntries(steps.map((step) => [step.stage, step.reached]));
    const tiles = [
      [applications, applications === 1 ? "application" : "applications"],
      [reached.applied, "sent"],
      [reached.applied ? percent(reached.interview / reached.applied) : "–", "of those sent led to an interview"],
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
    return figure("Time in a status", drawing, ["Status", "Stays that ended", "Median days", "90% within", "There now"], rows, "Half had moved on by the end of the dark bar, nine of ten by the end of the light one.");
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
      h("section", {}, h("h3", {}, title), groups.length ? numbers(title, [head, "Sent", "Answered", "Rate"], groups.map((one) => [one.label, one.applied, one.responded, percent(one.rate)])) : h("p", { class: "soft" }, "Nothing was sent yet."));
    return h(
      "section",
      { class: "panel figure wide-figure" },
      h("div", {}, h("h2", {}, "What brings answers"), h("p", { class: "soft" }, "An answer is an interview or more, after the application was sent.")),
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
  return rate === null ? "–" : `${Math.round(100 * rate)}%`;
}

customElements.define("jatify-numbers", Numbers);
