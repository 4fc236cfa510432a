// Three steps to the first answer: a resume, a listing, and how well they fit. For whoever has nothing here yet.

import { get, post, upload } from "../api.js";
import { Part, h } from "../dom.js";
import { go } from "../frame.js";
import { icon } from "./icons.js";
import { openPaste, pastedText } from "./paste.js";
import { complain } from "./toasts.js";

const TAKEN = ".pdf,.docx,.txt,.md";

/** Knows what is there already, and tells `done` when the user wants to go on without it. */
class Guide extends Part {
  #resume = null;
  #application = null;
  #steps = ["resume", "listing", "fit"].map((name) => h("li", { class: "guide-step", dataset: { step: name } }));
  #said = h("p", { class: "visually-hidden", role: "status" });

  async opened() {
    this.replaceChildren(
      h("header", { class: "guide-head" }, h("h2", {}, "Your first answer in three steps"), h("p", { class: "soft" }, "It takes less than a minute.")),
      h("ol", { class: "guide" }, this.#steps),
      this.#said,
      h("p", { class: "guide-end" }, h("button", { type: "button", class: "button quiet", onclick: () => this.dispatchEvent(new Event("done")) }, "Go to the board")),
    );
    this.#draw();
    // A file that is let go beside the mark is meant all the same, and must not open in place of the page.
    this.listen(window, "dragover", (event) => event.preventDefault());
    this.listen(window, "drop", (event) => {
      event.preventDefault();
      if (!this.#resume) this.#upload(event.dataTransfer.files[0]);
    });
    try {
      const options = { signal: this.signal };
      const [resumes, applications] = await Promise.all([get("/api/resumes", { limit: 1 }, options), get("/api/applications", { limit: 1 }, options)]);
      this.#resume ??= resumes.items[0] ?? null;
      this.#application ??= applications.items[0] ?? null;
      this.#draw();
    } catch (problem) {
      complain(problem);
    }
  }

  #draw() {
    this.#drawStep(0, "Add your resume", this.#resume, this.#resume ? this.#doneWith(this.#resume.name) : this.#drop());
    this.#drawStep(1, "Paste a listing", this.#application, this.#application ? this.#doneWith(listingOf(this.#application)) : this.#paste());
    this.#drawStep(2, "See how you fit", null, this.#fit());
  }

  #drawStep(place, title, done, content) {
    const step = this.#steps[place];
    const next = [this.#resume, this.#application, null].findIndex((one) => !one);
    const state = done ? "done" : place === next ? "next" : "later";
    if (step.dataset.state === state && step.childElementCount > 0) return;
    step.dataset.state = state;
    step.replaceChildren(h("span", { class: "guide-number", "aria-hidden": "true" }, done ? icon("check") : String(place + 1)), h("h3", {}, title), content);
  }

  #doneWith(name) {
    return h("p", { class: "guide-done" }, name);
  }

  #drop() {
    const input = h("input", { type: "file", accept: TAKEN, class: "visually-hidden", id: "guide-file", onchange: () => this.#upload(input.files[0]) });
    const bar = h("progress", { max: 1, value: 0, hidden: true, "aria-label": "Uploading" });
    const zone = h(
      "div",
      { class: "guide-drop" },
      icon("upload"),
      h("p", {}, "Drop it here, or ", h("label", { for: "guide-file", class: "guide-choose" }, "choose a file"), input),
      h("p", { class: "soft" }, "PDF, Word, text or Markdown"),
      bar,
    );
    const over = (on) => () => zone.toggleAttribute("data-over", on);
    zone.addEventListener("dragover", over(true));
    zone.addEventListener("dragleave", over(false));
    zone.addEventListener("drop", over(false));
    return zone;
  }

  async #upload(file) {
    if (!file) return;
    const bar = this.querySelector("progress");
    const form = new FormData();
    form.append("file", file);
    bar.hidden = false;
    try {
      this.#resume = await upload("/api/resumes", form, (share) => (bar.value = share), this.signal);
      this.#tell(`${this.#resume.name} is here.`, 1);
    } catch (problem) {
      bar.hidden = true;
      complain(problem);
    }
  }

  #paste() {
    const text = h("textarea", {
      class: "input",
      rows: 4,
      "aria-label": "Paste the listing here",
      placeholder: "Copy the page of a job you like, and paste it here",
      onpaste: (event) => {
        const { words, content } = pastedText(event);
        if (words.trim().length < 40) return;
        event.preventDefault();
        text.value = words;
        this.#read(content);
      },
    });
    const read = () => (text.value.trim() ? this.#read(text.value) : text.focus());
    return h("div", { class: "guide-paste" }, text, h("button", { type: "button", class: "button", onclick: read }, "Read it"));
  }

  async #read(content) {
    const added = await openPaste({ content, signal: this.signal });
    if (!added) return;
    this.#application = added.application;
    this.#tell(`${listingOf(added.application)} is on your board.`, this.#resume ? 2 : 0);
    if (added.check && this.#resume) this.#see();
  }

  #fit() {
    const ready = this.#resume && this.#application;
    const button = h("button", { type: "button", class: "button primary", disabled: !ready, onclick: () => this.#see(button) }, "Show me");
    return h("div", { class: "guide-fit" }, h("p", { class: "soft" }, "A score, why it is what it is, and what to change."), button);
  }

  async #see(button = null) {
    const pair = { resume: this.#resume.id, job: this.#application.job_id };
    button?.setAttribute("aria-busy", "true");
    try {
      await post(`/api/resumes/${pair.resume}/analyze`, { job_id: pair.job }, { signal: this.signal });
      go("match", "", pair);
    } catch (problem) {
      button?.removeAttribute("aria-busy");
      complain(problem);
    }
  }

  /** Say what is done, and go on at the step *next*. */
  #tell(words, next) {
    this.#said.textContent = words;
    this.#draw();
    this.#steps[next].querySelector("button:not(:disabled), textarea, input")?.focus();
  }
}

function listingOf({ job }) {
  return `${job.position} at ${job.company}`;
}

customElements.define("jatify-guide", Guide);
