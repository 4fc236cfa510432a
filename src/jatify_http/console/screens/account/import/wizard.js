// A table of applications on its way in: choose it, say what its columns mean, look at every row, add them, undo.

import { Problem, get, upload } from "../../../api.js";
import { Part, h, settled } from "../../../dom.js";
import { fileDrop } from "../../../parts/file-drop.js";
import { icon } from "../../../parts/icons.js";
import { complain } from "../../../parts/toasts.js";
import { bytes, count } from "../../../words.js";
import { uploadBar } from "./bar.js";
import { columnChoices } from "./columns.js";
import { review } from "./review.js";
import { keptList, takeBack, undoneWords } from "./undo.js";

const PATH = "/api/imports";
const LARGEST = 5 * 1024 * 1024;
const UNKNOWN = "The server was lost on the way. Look below whether the import is there; if it is not, try again.";

class Wizard extends Part {
  /** Where the screen's parts tell each other what happened; set before it is shown. */
  news = new EventTarget();
  #trouble = h("p", { class: "trouble", role: "alert" });
  #stage = h("div", { class: "stack" });
  #file = null;
  #columns = null;
  #review = null;
  #looking = null;
  #shown = null;

  opened() {
    this.replaceChildren(this.#stage, this.#trouble);
    this.#choose();
    this.listen(this.news, "undone", ({ detail }) => detail === this.#shown && this.#choose());
  }

  closed() {
    this.#looking?.abort();
  }

  #choose(words = "") {
    this.#looking?.abort();
    this.#file = this.#columns = this.#review = this.#shown = null;
    this.#tell(words);
    const hint = "CSV, up to 5 MB and 5,000 rows. The first row names the columns.";
    this.#stage.replaceChildren(fileDrop("Drop a table here", { hint, accept: ".csv,.tsv,.txt,text/csv", taken: (file) => this.#take(file), button: "Choose a table" }));
  }

  async #take(file) {
    if (file.size > LARGEST) {
      this.#tell(`${file.name} has ${bytes(file.size)}; a table may have 5 MB. Split it.`);
      return;
    }
    this.#tell("");
    this.#file = file;
    const bar = uploadBar(`Upload of ${file.name}`, "Reading the table…");
    this.#stage.replaceChildren(bar.element);
    try {
      const [{ items }, report] = await Promise.all([get("/api/statuses", { limit: 100 }, { signal: this.signal }), this.#asked({ dry_run: "true" }, bar.progress)]);
      this.#open(report, new Map(items.map((status) => [status.id, status.label])));
    } catch (problem) {
      this.#refused(problem, () => this.#choose(problem.words));
    }
  }

  /** The table was understood in some way: show how, and what would happen. */
  #open(report, labels) {
    const again = settled(() => this.#look(), 250);
    this.#columns = columnChoices(report.columns, again);
    this.#review = review(labels, { changed: again, add: () => this.#add() });
    const title = h("h4", { tabindex: -1 }, "What the columns mean");
    this.#stage.replaceChildren(
      h(
        "div",
        { class: "file-line" },
        icon("file"),
        h("strong", {}, this.#file.name),
        h("span", { class: "soft" }, count(report.totals.rows, "row")),
        h("button", { type: "button", class: "button small", onclick: () => this.#choose() }, "Choose another table"),
      ),
      title,
      this.#columns.element,
      this.#review.element,
    );
    this.#review.show(report, this.#columns.lacking());
    title.focus();
  }

  /** Ask again what would happen, after a choice. */
  async #look() {
    if (!this.#columns) return;
    this.#review.wait();
    try {
      const report = await this.#asked({ dry_run: "true", ...this.#choices() });
      this.#tell("");
      this.#review.show(report, this.#columns.lacking());
    } catch (problem) {
      this.#refused(problem, () => this.#tell(problem.words));
    }
  }

  async #add() {
    const bar = uploadBar(`Upload of ${this.#file.name}`, "Adding the applications…");
    this.#tell("");
    this.#stage.hidden = true;
    this.append(bar.element);
    try {
      const report = await this.#asked({ dry_run: "false", ...this.#choices() }, bar.progress);
      // What is hidden takes no focus.
      this.#stage.hidden = false;
      this.#finish(report);
    } catch (problem) {
      this.#refused(problem, () => this.#tell(problem.status ? problem.words : UNKNOWN));
    } finally {
      bar.element.remove();
      this.#stage.hidden = false;
      this.news.dispatchEvent(new Event("applications"));
    }
  }

  #choices() {
    return { mapping: JSON.stringify(this.#columns.mapping()), ...this.#review.choices() };
  }

  #asked(fields, progress = undefined) {
    this.#looking?.abort();
    // What was begun in earnest is not broken off by leaving the screen; a look is, by the next one too.
    const looking = fields.dry_run === "true" ? new AbortController() : null;
    this.#looking = looking;
    const form = new FormData();
    form.set("file", this.#file);
    for (const [name, value] of Object.entries(fields)) if (value) form.set(name, value);
    return upload(PATH, form, progress, looking?.signal);
  }

  #finish({ id, totals }) {
    this.#file = this.#columns = this.#review = null;
    this.#shown = id;
    const left = [totals.skip && `${count(totals.skip, "row was", "rows were")} there already.`, totals.error && `${count(totals.error, "row", "rows")} with mistakes stayed out.`];
    const title = h("h4", { tabindex: -1 }, `${count(totals.create, "application is", "applications are")} added`);
    const undo = h("button", { type: "button", class: "button", onclick: () => this.#undo(id, undo) }, icon("undo"), "Undo");
    this.#stage.replaceChildren(
      h("div", { class: "notice good stack", role: "status" }, title, left.some(Boolean) && h("p", {}, left.filter(Boolean).join(" "))),
      h(
        "div",
        { class: "row" },
        h("a", { class: "button primary", href: "#/board" }, "See them on the board"),
        undo,
        h("button", { type: "button", class: "button quiet", onclick: () => this.#choose() }, "Import another table"),
      ),
    );
    title.focus();
  }

  async #undo(id, button) {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      const result = await takeBack(id);
      const title = h("h4", { tabindex: -1 }, "The import is taken back");
      this.#shown = null;
      this.#stage.replaceChildren(
        h("div", { class: "notice stack", role: "status" }, title, h("p", {}, undoneWords(result)), keptList(result)),
        h("div", { class: "row" }, h("button", { type: "button", class: "button", onclick: () => this.#choose() }, "Import another table")),
      );
      title.focus();
      this.news.dispatchEvent(new Event("applications"));
    } catch (problem) {
      button.removeAttribute("aria-busy");
      complain(problem);
    }
  }

  #refused(problem, tell) {
    if (problem instanceof Problem && problem.status !== 401) tell();
    else complain(problem);
  }

  #tell(words) {
    this.#trouble.textContent = words;
  }
}

customElements.define("jatify-import", Wizard);
