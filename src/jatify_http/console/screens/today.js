// Today: what to do now, what comes up, and where nobody has answered for long.

import { get } from "../api.js";
import { changes } from "../changes.js";
import { Part, h, keep, settled } from "../dom.js";
import { addressOf } from "../frame.js";
import { icon } from "../parts/icons.js";
import { readStatuses } from "../parts/steps.js";
import { complain } from "../parts/toasts.js";
import { count, today } from "../words.js";
import { followedUp, ghosted, kept, putOff } from "./today/deeds.js";
import { rowOf } from "./today/row.js";

const GATHERED = 200;
const DAYS = 14;
const SECTIONS = {
  overdue: { title: "Overdue", place: "now" },
  today: { title: "Today", place: "now" },
  upcoming: { title: "The next two weeks", place: "now" },
  silent: { title: "Gone quiet", place: "beside", words: "No news for two weeks, and no follow-up set." },
  deadlines: { title: "Closing soon", place: "beside", words: "Listings you have not applied to yet." },
};
const inFull = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

class Today extends Part {
  #agenda = null;
  #mayGhost = false;
  #heading = h("h1");
  #summary = h("p", { class: "soft", role: "status" });
  #calm = h("div", { class: "empty today-calm", hidden: true });
  #sections = {};

  async opened() {
    this.#draw();
    const reread = settled(() => this.#read(), GATHERED);
    this.listen(changes, "application.updated", reread);
    this.listen(changes, "resync", reread);
    // A window that was left open over night shows yesterday.
    this.listen(document, "visibilitychange", () => document.hidden || (this.#agenda?.on !== today() && reread()));
    try {
      const statuses = await readStatuses(this.signal);
      this.#mayGhost = statuses.some((status) => status.id === "ghosted" && !status.retired);
    } catch (problem) {
      complain(problem);
    }
    await this.#read();
  }

  #draw() {
    const columns = { now: h("div", { class: "today-now" }, this.#calm), beside: h("div", { class: "today-beside" }) };
    for (const [name, { title, place, words }] of Object.entries(SECTIONS)) {
      const list = h("ul", { class: "today-list" });
      const more = h("p", { class: "soft", hidden: true });
      const heading = h("h2", { tabindex: -1 }, title);
      const element = h("section", { class: "panel", hidden: true, dataset: { section: name } }, heading, words && h("p", { class: "soft" }, words), list, more);
      this.#sections[name] = { element, heading, list, more };
      columns[place].append(element);
    }
    this.replaceChildren(h("header", { class: "today-head" }, this.#heading, this.#summary), h("div", { class: "today-columns" }, columns.now, columns.beside));
  }

  async #read() {
    try {
      const agenda = await get("/api/agenda", { on: today(), days: DAYS, silent_days: DAYS }, { signal: this.signal });
      // What is overdue is silent for the API as well; here once is enough.
      const late = new Set(agenda.overdue.map((item) => item.application_id));
      this.#agenda = { ...agenda, silent: agenda.silent.filter((item) => !late.has(item.application_id)) };
      this.#show();
    } catch (problem) {
      complain(problem);
    }
  }

  /** What is gone hands the focus on to the next, or to the heading of what is left. */
  #show() {
    const held = this.contains(document.activeElement) ? document.activeElement : null;
    const row = held?.closest(".today-row");
    const near = [row?.nextElementSibling, row?.previousElementSibling];
    this.#fill();
    if (!row || row.isConnected) return;
    const next = near.find((one) => one?.isConnected);
    (next?.querySelector("button, a") ?? this.#firstHeading()).focus();
  }

  #fill() {
    const agenda = this.#agenda;
    this.#heading.textContent = inFull.format(new Date());
    for (const [name, { element, list, more }] of Object.entries(this.#sections)) {
      const items = agenda[name];
      element.hidden = items.length === 0;
      keep(list, items, nameOf, (item) => rowOf(item, this.#actsOn(name)));
      const beyond = agenda.more?.[name] ?? 0;
      more.hidden = beyond === 0;
      more.textContent = `and ${beyond.toLocaleString("en")} more`;
    }
    this.#sum(agenda);
  }

  #sum(agenda) {
    const amount = (name) => agenda[name].length + (agenda.more?.[name] ?? 0);
    const [late, due] = [amount("overdue"), amount("today")];
    const things = `${count(late + due, "thing")} to do`;
    const words = late === 0 ? `${things} today.` : due === 0 ? `${things}, ${late === 1 ? "and it is" : "all of them"} late.` : `${things} today, ${late} of them late.`;
    this.#summary.textContent = late + due === 0 ? "" : words;
    const empty = Object.keys(SECTIONS).every((name) => agenda[name].length === 0);
    this.#calm.hidden = late + due > 0;
    this.#calm.replaceChildren(icon("check"), h("p", {}, calmWords(agenda, empty)), h("a", { class: "button", href: addressOf("board") }, "Go to the board"));
  }

  #actsOn(section) {
    const act = (deed, ...given) => (item) => this.#do(section, item, () => deed(item, ...given));
    return {
      done: act(followedUp),
      today: act(putOff, 0),
      threeDays: act(putOff, 3),
      week: act(putOff, 7),
      keep: act(kept),
      ghosted: this.#mayGhost ? act(ghosted) : null,
    };
  }

  /** What is done is off the list at once, and back where the API refuses. */
  async #do(section, item, deed) {
    const rest = this.#agenda[section].filter((one) => nameOf(one) !== nameOf(item));
    this.#agenda = { ...this.#agenda, [section]: rest };
    this.#show();
    try {
      await deed();
    } catch (problem) {
      complain(problem);
    }
    await this.#read();
  }

  #firstHeading() {
    const open = Object.values(this.#sections).find(({ element }) => !element.hidden);
    if (open) return open.heading;
    this.#heading.tabIndex = -1;
    return this.#heading;
  }
}

function nameOf(item) {
  return `${item.kind} ${item.application_id ?? item.job_id}`;
}

function calmWords(agenda, empty) {
  if (empty) return "Nothing to do, and nothing coming up. Set a follow-up on a card of the board, and it shows here when it is due.";
  const [next] = agenda.upcoming;
  if (!next) return "Nothing is due today. Enjoy the quiet.";
  return `Nothing is due today. Next: ${next.company}, ${next.days === 1 ? "tomorrow" : `in ${next.days} days`}.`;
}

customElements.define("jatify-today", Today);
