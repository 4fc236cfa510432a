// Taking back: what was just done, by its message's button or by Ctrl+Z, the newest first.

import { session } from "../session.js";
import { complain, say } from "./toasts.js";

const KEPT = 20;
const done = [];

/** Say *words* about something done, with a way back: *undo*.
 *
 * Where it is still being *sent* (a promise) it is said when that has come to something, but can be taken back at once.
 */
export function undoable(words, undo, sent = null) {
  const deed = { away: () => {} };
  deed.undo = async () => {
    forget(deed);
    await undo();
  };
  done.push(deed);
  if (done.length > KEPT) done.shift();
  const tell = () => (deed.away = say(words, { undo: deed.undo }));
  if (sent === null) tell();
  else sent.then((came) => (!came ? forget(deed) : done.includes(deed) && tell()));
}

async function takeBack() {
  const deed = done.pop();
  if (!deed) return;
  deed.away();
  try {
    await deed.undo();
  } catch (problem) {
    complain(problem);
  }
}

// Whether what is typed at *target* belongs to it, so that keys of the page must leave it alone.
function typesText(target) {
  return target instanceof Element && target.closest("input, textarea, select, [contenteditable], dialog") !== null;
}

function forget(deed) {
  const place = done.indexOf(deed);
  if (place >= 0) done.splice(place, 1);
}

document.addEventListener("keydown", (event) => {
  const wanted = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === "z";
  if (!wanted || typesText(event.target) || done.length === 0) return;
  event.preventDefault();
  takeBack();
});

// Another user has nothing to do with what this one did.
session.addEventListener("change", () => (done.length = 0));
