// What stands where a screen could not be read: why, and the button that tries again.

import { Problem } from "../api.js";
import { h } from "../dom.js";
import { icon } from "./icons.js";
import { complain } from "./toasts.js";

/** Show in *screen* that it could not be read because of *problem*; *act* reads it anew. */
export function offerAgain(screen, problem, act) {
  if (!(problem instanceof Problem) || problem.status === 401) {
    complain(problem);
    return;
  }
  screen.replaceChildren(
    h(
      "div",
      { class: "empty", role: "alert" },
      icon("warning"),
      h("h1", {}, "This could not be read"),
      h("p", {}, problem.words),
      h("button", { type: "button", class: "button", onclick: act }, "Try again"),
    ),
  );
}
