// A text that saves itself, and says so; where another window wrote something else, both stand side by side.

import { Part, freshId, h } from "../dom.js";
import { marked, together } from "./differences.js";
import { say } from "./toasts.js";

const WORDS = {
  saved: "Saved",
  waiting: "",
  saving: "Saving…",
  offline: "Offline, kept here",
  conflict: "Changed in another window",
};

/** A field for *draft* (see drafts.js). *single* makes it one line; *placeholder* and *hint* say what belongs there. */
export function autosave(draft, label, { single = false, placeholder = "", hint = "", heading = false } = {}) {
  return Object.assign(document.createElement("jatify-autosave"), { draft, about: { label, single, placeholder, hint, heading } });
}

class Autosave extends Part {
  #text;
  #state;
  #theirs;
  #choice;
  #touched = false;

  opened() {
    this.className = "autosave";
    this.#draw();
    this.listen(this.draft, "change", () => this.#follow());
    this.listen(document, "visibilitychange", () => document.hidden && this.draft.save({ keepalive: true }));
    this.#follow();
    this.draft.inherit();
  }

  closed() {
    this.draft.save();
  }

  #draw() {
    const { label, single, placeholder, hint, heading } = this.about;
    const id = freshId("text");
    this.#text = h(single ? "input" : "textarea", {
      id,
      class: "input",
      value: this.draft.text,
      placeholder,
      autocomplete: "off",
      "aria-describedby": `${id}-state${hint ? ` ${id}-hint` : ""}`,
      oninput: () => this.#typed(),
      onblur: () => this.draft.save(),
    });
    this.#state = h("span", { class: "autosave-state", id: `${id}-state`, role: "status" });
    this.#theirs = h("div", { class: "autosave-theirs", hidden: true, tabindex: 0, role: "group", "aria-label": "The version saved elsewhere" });
    this.#choice = h("div", { class: "autosave-choice", hidden: true });
    const name = h("label", { for: id }, label);
    this.replaceChildren(
      h("div", { class: "autosave-head" }, heading ? h("h2", {}, name) : name, this.#state),
      hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
      this.#choice,
      h("div", { class: "autosave-sides" }, this.#text, this.#theirs),
    );
  }

  #typed() {
    this.#touched = true;
    this.draft.type(this.#text.value);
  }

  /** Show how the draft is now; what is being typed stays under the caret. */
  #follow() {
    const { draft } = this;
    if (this.#text.value !== draft.text) this.#replaceText(draft.text);
    const words = draft.state === "refused" ? `Not saved, kept here: ${draft.trouble}` : this.#words(draft.state);
    if (this.#state.textContent !== words) this.#state.textContent = words;
    this.#state.dataset.state = draft.state;
    this.#showConflict(draft.theirs);
  }

  #words(state) {
    // Nothing was written yet: nothing to tell.
    return state === "saved" && !this.#touched ? "" : WORDS[state];
  }

  #replaceText(text) {
    const { selectionStart, selectionEnd } = this.#text;
    const focused = document.activeElement === this.#text;
    this.#touched ||= this.draft.unsaved;
    this.#text.value = text;
    if (focused) this.#text.setSelectionRange(selectionStart, selectionEnd);
  }

  #showConflict(theirs) {
    const shown = theirs !== null;
    this.classList.toggle("at-odds", shown);
    if (!shown) {
      if (this.#choice.contains(document.activeElement)) this.#text.focus();
      this.#theirs.hidden = this.#choice.hidden = true;
      this.#theirs.dataset.text = "";
      return;
    }
    this.#drawTheirs(theirs);
    if (this.#choice.hidden) this.#choice.replaceChildren(...this.#choices());
    this.#theirs.hidden = this.#choice.hidden = false;
  }

  #drawTheirs(theirs) {
    const lines = marked(theirs, this.draft.text);
    this.#theirs.replaceChildren(
      h("h3", {}, "Saved elsewhere"),
      h("div", { class: "autosave-lines" }, lines.map(({ line, fresh }) => h("p", {}, fresh && line ? h("mark", {}, line) : line || "\u00a0"))),
    );
  }

  #choices() {
    const { draft } = this;
    const button = (words, act, kind = "") => h("button", { type: "button", class: `button small ${kind}`, onclick: act }, words);
    return [
      h("p", {}, h("strong", {}, "Two versions. "), "This was changed in another window too. Yours stands below and can be edited; what differs in the other is marked."),
      h(
        "div",
        { class: "row" },
        button("Keep mine", () => draft.settle(draft.text), "primary"),
        button("Take theirs", () => this.#takeTheirs()),
        button("Put both together", () => this.#putTogether()),
      ),
    ];
  }

  #takeTheirs() {
    const back = this.draft.yield();
    say("Your version was replaced.", { undo: back });
  }

  #putTogether() {
    const { draft } = this;
    draft.type(together(draft.base, draft.text, draft.theirs));
    this.#follow();
    this.#text.focus();
    say("Both are in the text now. Edit it, then press “Keep mine”.");
  }
}

customElements.define("jatify-autosave", Autosave);
