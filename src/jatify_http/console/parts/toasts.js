// Short messages at the edge of the page: what was done, and the way to undo it.

import { h } from "../dom.js";
import { Problem } from "../api.js";
import { icon } from "./icons.js";

const SHOWN = 7_000;
const place = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
const alarm = h("div", { class: "toasts-alarm visually-hidden", role: "alert" });

/** Say *words*; with *undo* (a function) a button takes back what was done. Returns how to take the message away. */
export function say(words, { undo = null, tone = "plain" } = {}) {
  if (!place.isConnected) document.body.append(place, alarm);
  const away = () => {
    clearTimeout(timer);
    toast.remove();
  };
  const back = async () => {
    away();
    try {
      await undo();
    } catch (problem) {
      complain(problem);
    }
  };
  const toast = h(
    "div",
    { class: `toast toast-${tone}` },
    h("p", {}, words),
    undo && h("button", { type: "button", class: "button quiet", onclick: back }, "Undo"),
    h("button", { type: "button", class: "icon-button", "aria-label": "Dismiss", onclick: away }, icon("close")),
  );
  let timer = setTimeout(away, SHOWN);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => (timer = setTimeout(away, SHOWN)));
  toast.addEventListener("focusout", () => (timer = setTimeout(away, SHOWN)));
  place.append(toast);
  while (place.childElementCount > 3) place.firstElementChild.remove();
  return away;
}

/** Say what went wrong; whatever is no refusal of the API is a fault of the page, and goes on to the console. */
export function complain(problem) {
  if (problem.name === "AbortError") return;
  if (!(problem instanceof Problem)) throw problem;
  if (problem.status === 401) return;
  say(problem.words, { tone: "bad" });
  alarm.textContent = problem.words;
}
