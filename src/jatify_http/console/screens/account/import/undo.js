// Taking an import back, and what it left alone.

import { post } from "../../../api.js";
import { h } from "../../../dom.js";
import { addressOf } from "../../../frame.js";
import { count } from "../../../words.js";

const SHOWN = 20;

/** Take the import *id* back; answers what became of it. */
export function takeBack(id) {
  return post(`/api/imports/${id}/undo`);
}

/** What an undo did, in one line. */
export function undoneWords({ removed_applications: gone, kept }) {
  const words = `${count(gone, "application is gone", "applications are gone")} again.`;
  return kept.length ? `${words} ${count(kept.length, "one stayed", "stayed")} because you changed ${kept.length === 1 ? "it" : "them"} since.` : words;
}

/** Those that an undo left alone, with a way to each; nothing where there is none. */
export function keptList({ kept }) {
  if (!kept.length) return null;
  const item = ({ application_id: id, company, position }) => h("li", {}, h("a", { href: addressOf("application", id) }, `${position} at ${company}`));
  return h("ul", { class: "kept" }, kept.slice(0, SHOWN).map(item), kept.length > SHOWN && h("li", { class: "soft" }, `and ${count(kept.length - SHOWN, "other")}`));
}
