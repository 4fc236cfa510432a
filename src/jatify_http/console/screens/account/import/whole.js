// Taking in what somebody took along from a Jatify: everything at once, or nothing.

import { Problem, upload } from "../../../api.js";
import { h } from "../../../dom.js";
import { fileDrop } from "../../../parts/file-drop.js";
import { icon } from "../../../parts/icons.js";
import { complain } from "../../../parts/toasts.js";
import { bytes, count } from "../../../words.js";
import { uploadBar } from "./bar.js";

const LARGEST = 100 * 1024 * 1024;
const COUNTED = [
  ["applications", "application"],
  ["jobs", "listing"],
  ["resumes", "resume"],
  ["analyses", "analysis", "analyses"],
  ["statuses", "status", "statuses"],
  ["dead_letters", "failed analysis", "failed analyses"],
];

/** Choose the file, look at what will happen, have it done, and read what was. */
export function wholeImport(place, { signal, news }) {
  const trouble = h("p", { class: "trouble", role: "alert" });
  const show = (...content) => place.replaceChildren(...content.filter(Boolean), trouble);

  function choose(words = "") {
    trouble.textContent = words;
    show(fileDrop("Drop an export here", { hint: "The ZIP from “Download everything”, up to 100 MB", accept: ".zip", taken: offer, button: "Choose an export" }));
  }

  function offer(file) {
    trouble.textContent = file.size > LARGEST ? `${file.name} has ${bytes(file.size)}; an export may have 100 MB.` : "";
    if (trouble.textContent) return;
    const start = h("button", { type: "button", class: "button primary", onclick: () => send(file) }, "Add everything");
    show(
      h("p", { class: "file-line" }, icon("file"), h("strong", {}, file.name), h("span", { class: "soft" }, bytes(file.size))),
      h("p", {}, "All of it is added to what is here already. Nothing that is here is changed, and it cannot be taken back at once."),
      h("div", { class: "row" }, start, h("button", { type: "button", class: "button", onclick: () => choose() }, "Cancel")),
    );
    start.focus();
  }

  async function send(file) {
    const form = new FormData();
    form.set("file", file);
    const bar = uploadBar(`Upload of ${file.name}`, "Adding it all…");
    show(bar.element);
    try {
      finish(await upload("/api/user/import", form, bar.progress, signal));
      news.dispatchEvent(new Event("applications"));
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.status === 401) complain(problem);
      else choose(problem.words);
    }
  }

  function finish(made) {
    const added = COUNTED.filter(([kind]) => made[kind] > 0).map(([kind, one, many]) => h("li", {}, count(made[kind], one, many)));
    const left = made.skipped.map(({ kind, because }) => h("li", {}, `${kind[0].toUpperCase()}${kind.slice(1)}: ${because}`));
    const title = h("h4", { tabindex: -1 }, added.length ? "It is all here now" : "There was nothing to add");
    show(
      h(
        "div",
        { class: "notice good stack", role: "status" },
        title,
        added.length > 0 && h("ul", { class: "goes" }, added),
        left.length > 0 && h("details", {}, h("summary", {}, "What was left out"), h("ul", { class: "goes" }, left)),
      ),
      h("div", { class: "row" }, h("a", { class: "button", href: "#/board" }, "See it on the board"), h("button", { type: "button", class: "button quiet", onclick: () => choose() }, "Add another export")),
    );
    title.focus();
  }

  choose();
}
