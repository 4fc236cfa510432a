// What the board is narrowed to: words, a tag, a resume, follow-ups, when one applied. Kept in the address.

import { Part, h, settled } from "../../dom.js";
import { choices, field } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { shifted, today } from "../../words.js";

const NAMES = ["tag", "resume", "due", "from", "to"];
const DUE = [["", "Any"], ["now", "Due or overdue"], ["week", "Within a week"], ["none", "None set"]];
const PAUSE = 120;

/** Tells `change` when it lets through others than before: see `filter`. */
class Filters extends Part {
  #given = new URLSearchParams();
  #tags = [];
  #resumes = [];
  #search = h("input", { class: "input", type: "search", placeholder: "Search", "aria-label": "Search the board", autocomplete: "off", maxlength: 200 });
  #button = h("button", { type: "button", class: "button", "aria-expanded": "false" });
  #panel = h("form", { class: "board-filters", "aria-label": "Filters", hidden: true });

  /** Start with what the address says. */
  begin(query) {
    this.#given = new URLSearchParams([...query].filter(([name, value]) => value && [...NAMES, "q"].includes(name)));
  }

  opened() {
    this.#search.value = this.#given.get("q") ?? "";
    this.listen(this.#search, "input", settled(() => this.#set("q", this.#search.value.trim()), PAUSE));
    this.listen(this.#button, "click", () => this.#open(this.#panel.hidden));
    this.listen(this.#panel, "change", (event) => this.#set(event.target.name, event.target.value));
    this.listen(this.#panel, "submit", (event) => event.preventDefault());
    this.listen(this.#panel, "keydown", (event) => {
      if (event.key !== "Escape") return;
      this.#open(false);
      this.#button.focus();
    });
    this.replaceChildren(h("div", { class: "board-search" }, icon("search"), this.#search), this.#button);
    this.#draw();
    this.#open(this.#active > 0);
  }

  /** The fields, to be placed beneath the head of the board. */
  get panel() {
    return this.#panel;
  }

  /** Offer these in the fields. */
  offer({ tags = this.#tags, resumes = this.#resumes }) {
    const same = tags.join("\n") === this.#tags.join("\n") && resumes === this.#resumes;
    this.#tags = tags;
    this.#resumes = resumes;
    // Not under somebody's hands.
    if (!same && !this.#panel.contains(document.activeElement)) this.#draw();
  }

  get query() {
    return Object.fromEntries(this.#given);
  }

  clear() {
    this.#given = new URLSearchParams();
    this.#search.value = "";
    this.#changed();
  }

  /** Whether an application is to be seen. */
  get filter() {
    const words = (this.#given.get("q") ?? "").toLocaleLowerCase().split(/\s+/).filter(Boolean);
    const [tag, resume, due, from, to] = NAMES.map((name) => this.#given.get(name));
    return (one) =>
      (!words.length || matches(one, words)) &&
      (!tag || one.tags.includes(tag)) &&
      (!resume || one.resume_id === resume) &&
      (!due || isDue(one.follow_up_on, due)) &&
      (!from || one.applied_on >= from) &&
      (!to || (one.applied_on !== null && one.applied_on <= to));
  }

  get #active() {
    return NAMES.filter((name) => this.#given.has(name)).length;
  }

  #set(name, value) {
    if ((this.#given.get(name) ?? "") === value) return;
    if (value) this.#given.set(name, value);
    else this.#given.delete(name);
    this.#changed(name);
  }

  #changed(name) {
    if (name === undefined) this.#draw();
    this.#tellButton();
    this.dispatchEvent(new Event("change"));
  }

  #open(open) {
    this.#panel.hidden = !open;
    this.#button.setAttribute("aria-expanded", String(open));
  }

  #tellButton() {
    const active = this.#active;
    this.#button.replaceChildren(icon("filter"), "Filters", ...(active ? [h("span", { class: "chip", dataset: { tone: "good" } }, String(active))] : []));
  }

  #draw() {
    const given = (name) => this.#given.get(name) ?? "";
    const tags = [...new Set([...this.#tags, given("tag")])].filter(Boolean);
    this.#panel.replaceChildren(
      field("Tag", { tag: "select", name: "tag", options: choices([["", "Any"], ...tags.map((tag) => [tag, tag])], given("tag")) }),
      field("Resume", { tag: "select", name: "resume", options: choices([["", "Any"], ...this.#resumes.map(({ id, name }) => [id, name])], given("resume")) }),
      field("Follow-up", { tag: "select", name: "due", options: choices(DUE, given("due")) }),
      field("Applied from", { type: "date", name: "from", value: given("from") }),
      field("Applied to", { type: "date", name: "to", value: given("to") }),
      h("button", { type: "button", class: "button quiet", onclick: () => this.clear() }, "Clear all"),
    );
    this.#tellButton();
  }
}

function matches(application, words) {
  const { company, position } = application.job;
  const text = [company, position, application.notes ?? "", ...application.tags].join("\n").toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

function isDue(date, due) {
  if (due === "none") return !date;
  return Boolean(date) && date <= (due === "now" ? today() : shifted(today(), 7));
}

customElements.define("board-filters", Filters);
