// The account: who one is here, the pipeline, what goes in and out, the logins; and the ways out.

import { Part, h } from "../dom.js";
import { calendar } from "./account/calendar.js";
import { exporting } from "./account/exporting.js";
import { importing } from "./account/importing.js";
import { leaving, logoutButton } from "./account/leaving.js";
import { logins } from "./account/logins.js";
import { password } from "./account/password.js";
import { appearance, profile } from "./account/profile.js";
import { statuses } from "./account/statuses.js";

/** The sections in their order, by the word that stands for each in the page's address. */
const SECTIONS = {
  profile: ["Profile", profile],
  appearance: ["Appearance", appearance],
  statuses: ["Statuses", statuses, "The columns of your board, in their order. Rename them, add your own, retire what you do not use."],
  calendar: ["Calendar", calendar],
  import: ["Import", importing],
  export: ["Export", exporting],
  password: ["Password", password, "A new password ends all your other logins at once."],
  logins: ["Logins", logins, "Where you are logged in. End what you do not know or no longer use."],
  leave: ["Leave", leaving],
};
/** The share of the window from its top in which the heading of what is being read stands. */
const EYE = 0.35;

class Account extends Part {
  #links = new Map();
  #index = h("nav", { class: "account-index", "aria-label": "Sections of the account" });
  #jumped = false;

  opened() {
    const news = new EventTarget();
    const drawn = Object.entries(SECTIONS).map(([name, [title, draw, words]]) => {
      const section = drawnSection(name, title, words);
      draw(section, { signal: this.signal, news });
      return section;
    });
    this.#index.replaceChildren(h("ul", {}, Object.entries(SECTIONS).map(([name, [title]]) => h("li", {}, this.#link(name, title)))));
    this.replaceChildren(
      h("header", { class: "screen-head" }, h("h1", {}, "Account"), logoutButton()),
      h("div", { class: "account-page" }, this.#index, h("div", { class: "account-sections" }, drawn)),
    );
    this.#follow();
    // The frame scrolls to the top of every new screen first.
    if (this.given.id in SECTIONS) requestAnimationFrame(() => this.#jump(this.given.id, "instant"));
  }

  #link(name, title) {
    const jump = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.replaceState(history.state, "", `#/account/${name}`);
      this.#jump(name);
    };
    const link = h("a", { href: `#/account/${name}`, onclick: jump }, title);
    this.#links.set(name, link);
    return link;
  }

  #jump(name, behavior = "auto") {
    const section = this.querySelector(`#account-${name}`);
    if (!section) return;
    this.#jumped = true;
    section.scrollIntoView({ behavior, block: "start" });
    section.querySelector("h2").focus({ preventScroll: true });
    this.#mark(name);
  }

  /** Mark where the reader is; one who has jumped is there, even where the page's end kept it from the top. */
  #follow() {
    for (const kind of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      this.listen(window, kind, (event) => this.#index.contains(event.target) || (this.#jumped = false), { passive: true });
    }
    let asked = false;
    this.listen(window, "scroll", () => {
      if (asked || this.#jumped) return;
      asked = true;
      requestAnimationFrame(() => {
        asked = false;
        if (this.isConnected) this.#mark(this.#read());
      });
    }, { passive: true });
    this.#mark(this.#read());
  }

  #read() {
    const names = Object.keys(SECTIONS);
    if (scrollY === 0) return names[0];
    if (scrollY + innerHeight >= document.documentElement.scrollHeight - 2) return names.at(-1);
    return names.findLast((name) => this.querySelector(`#account-${name}`).getBoundingClientRect().top < innerHeight * EYE) ?? names[0];
  }

  #mark(name) {
    const link = this.#links.get(name);
    if (link.hasAttribute("aria-current")) return;
    for (const other of this.#links.values()) other.removeAttribute("aria-current");
    link.setAttribute("aria-current", "true");
    // On a phone the index is a strip, in which the mark may be out of sight.
    this.#index.scrollTo({ left: link.offsetLeft - (this.#index.clientWidth - link.offsetWidth) / 2 });
  }
}

function drawnSection(name, title, words) {
  return h(
    "section",
    { class: "panel account-section", id: `account-${name}`, "aria-labelledby": `account-${name}-title` },
    h("h2", { id: `account-${name}-title`, tabindex: -1 }, title),
    words && h("p", { class: "account-words" }, words),
  );
}

customElements.define("jatify-account", Account);
