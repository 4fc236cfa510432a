// Tables that were imported before, each with the way to take it back.

import { h } from "../../../dom.js";
import { confirmed, openDialog } from "../../../parts/dialog.js";
import { icon } from "../../../parts/icons.js";
import { redraw } from "../../../parts/redraw.js";
import { complain, say } from "../../../parts/toasts.js";
import { count, moment } from "../../../words.js";
import { Paged, moreOf, readInto } from "../reading.js";
import { keptList, takeBack, undoneWords } from "./undo.js";

/** The imports so far, the newest first; nothing where there is none. */
export function earlierImports(place, { signal, news }) {
  const list = new Paged("/api/imports", 5, signal);
  const load = () => readInto(place, () => list.again(), draw);
  const undo = async (imported) => {
    if (await undone(imported)) {
      news.dispatchEvent(new CustomEvent("undone", { detail: imported.id }));
      news.dispatchEvent(new Event("applications"));
    }
    await load();
  };
  const draw = ({ items }) =>
    redraw(place, items.length > 0 && [h("h4", {}, "Imported so far"), h("ul", { class: "cards" }, items.map((one) => row(one, undo))), moreOf(list, draw)]);
  news.addEventListener("applications", load, { signal });
  load();
}

function row(imported, undo) {
  const { id, filename, created_at: at, undone_at: undoneAt, applications } = imported;
  return h(
    "li",
    { class: "import-place" },
    icon("file"),
    h("div", {}, h("p", {}, h("strong", {}, filename)), h("p", { class: "soft" }, `${count(applications, "application")}, ${moment(at)}`)),
    undoneAt
      ? h("span", { class: "chip", title: `Taken back ${moment(undoneAt)}` }, "Taken back")
      : h("button", { type: "button", class: "button", "aria-label": `Undo the import of ${filename}, ${moment(at)}`, dataset: { key: `undo-${id}` }, onclick: () => undo(imported) }, icon("undo"), "Undo"),
  );
}

async function undone({ id, filename, applications }) {
  const words = `The ${count(applications, "application")} of “${filename}” and their listings go for good, except those that you changed since.`;
  if (!(await confirmed("Take this import back?", words, "Take it back"))) return false;
  try {
    const result = await takeBack(id);
    const kept = keptList(result);
    if (kept) await openDialog("Some stayed", [h("p", {}, undoneWords(result)), kept]);
    else say(undoneWords(result));
    return true;
  } catch (problem) {
    complain(problem);
    return false;
  }
}
