// The frame around every screen: where one can go, whether changes arrive live, and the screen itself.

import { changes } from "./changes.js";
import { Part, h } from "./dom.js";
import { icon } from "./parts/icons.js";
import { sendLeft } from "./parts/tracked.js";
import { session } from "./session.js";
import "./theme.js";

/** Screens by the first word behind `#/`; what follows is theirs. Each is loaded when it is first opened. */
const SCREENS = {
  board: { label: "Board", icon: "board", load: () => import("./screens/board.js") },
  today: { label: "Today", icon: "today", load: () => import("./screens/today.js") },
  match: { label: "Match", icon: "match", load: () => import("./screens/match.js") },
  numbers: { label: "Numbers", icon: "numbers", load: () => import("./screens/numbers.js") },
  queue: { label: "Queue", icon: "queue", load: () => import("./screens/queue.js") },
  account: { label: "Account", icon: "account", load: () => import("./screens/account.js") },
  application: { label: "Application", within: "board", load: () => import("./screens/application.js") },
};

/** Go to a screen: `go("application", id)`, and what it should know as a query. */
export function go(screen, id = "", query = {}) {
  location.hash = addressOf(screen, id, query);
}

/** The address of a screen, for links. */
export function addressOf(screen, id = "", query = {}) {
  const given = new URLSearchParams(query).toString();
  return `#/${screen}${id ? `/${id}` : ""}${given ? `?${given}` : ""}`;
}

class Frame extends Part {
  #main = h("main", { id: "screen", tabindex: -1 });
  #line = h("p", { class: "line", role: "status" });

  opened() {
    this.replaceChildren(
      h("a", { class: "skip", href: "#screen", onclick: (event) => this.#skip(event) }, "Skip to the content"),
      h("header", { class: "frame-head" }, this.#brand(), this.#ways(), this.#line),
      this.#main,
    );
    this.listen(window, "hashchange", () => this.#open());
    this.listen(changes, "line", () => this.#tellLine());
    changes.begin();
    sendLeft();
    this.#tellLine();
    this.#open();
  }

  closed() {
    changes.end();
  }

  #brand() {
    return h("a", { class: "brand", href: "#/board" }, h("img", { src: "/console/icon.svg", alt: "", width: 28, height: 28 }), "Jatify");
  }

  #ways() {
    const ways = Object.entries(SCREENS).filter(([, screen]) => screen.icon);
    const items = ways.map(([name, screen]) =>
      h("li", {}, h("a", { href: `#/${name}`, dataset: { way: name } }, icon(screen.icon), h("span", {}, screen.label))),
    );
    return h("nav", { "aria-label": "Screens" }, h("ul", {}, items));
  }

  async #open() {
    const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
    const [given, id = ""] = path.split("/");
    const name = given in SCREENS ? given : "board";
    const screen = SCREENS[name];
    const opening = `${name}/${id}`;
    this.dataset.opening = opening;
    await screen.load();
    if (this.dataset.opening !== opening || this.signal.aborted) return;
    const element = document.createElement(`jatify-${name}`);
    // Known before it is shown: what `opened` finds.
    element.given = { id: decodeURIComponent(id), query: new URLSearchParams(query) };
    document.title = `${screen.label} · Jatify`;
    for (const way of this.querySelectorAll("[data-way]")) {
      if (way.dataset.way === (screen.within ?? name)) way.setAttribute("aria-current", "page");
      else way.removeAttribute("aria-current");
    }
    const first = this.#main.childElementCount === 0;
    this.#main.replaceChildren(element);
    window.scrollTo(0, 0);
    // Whoever is read to hears of the new screen; at the first one the page itself is news enough.
    if (!first) this.#main.focus({ preventScroll: true });
  }

  #skip(event) {
    event.preventDefault();
    this.#main.focus();
  }

  #tellLine() {
    this.#line.dataset.live = changes.live;
    this.#line.replaceChildren(h("span", { class: "dot" }), h("span", {}, changes.live ? "Live" : "Reconnecting…"));
    this.#line.title = changes.live ? `Changes appear by themselves. Logged in as ${session.user?.email ?? ""}` : "";
  }
}

customElements.define("jatify-frame", Frame);
