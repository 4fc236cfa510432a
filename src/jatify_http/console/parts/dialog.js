// Dialogs over the page: the browser's own, so that focus stays in them and Escape leaves.

import { freshId, h } from "../dom.js";
import { complain } from "./toasts.js";
import { icon } from "./icons.js";
import { refocus } from "./redraw.js";

/** Open a dialog with *title* and *content*; answers the value that it is closed with, undefined if it is left.
 *
 * *content* is elements, or a function that is given `close(value)`. *wide* takes more of the page.
 */
export function openDialog(title, content, { wide = false } = {}) {
  const name = freshId("dialog");
  let given;
  const close = (value) => {
    given = value;
    dialog.close();
  };
  const before = document.activeElement;
  const dialog = h(
    "dialog",
    { class: wide ? "dialog wide" : "dialog", "aria-labelledby": name },
    h(
      "header",
      {},
      h("h2", { id: name }, title),
      h("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => close() }, icon("close")),
    ),
    h("div", { class: "dialog-body" }, typeof content === "function" ? content(close) : content),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      refocus(before);
      resolve(given);
    });
  });
}

/** Ask before something that cannot be taken back; answers whether to do it. */
export async function confirmed(title, words, action) {
  const answer = await openDialog(title, (close) => [
    h("p", {}, words),
    h(
      "div",
      { class: "actions" },
      h("button", { type: "button", class: "button", onclick: () => close(false) }, "Cancel"),
      h("button", { type: "button", class: "button danger", onclick: () => close(true) }, action),
    ),
  ]);
  return answer === true;
}

/** A form that sends: while *send* works its button waits, and refused members are marked where they stand.
 *
 * *send* is given the form's values by name. A refusal that names no field of this form is told above its button.
 */
export function form(attributes, fields, action, send) {
  const trouble = h("p", { class: "trouble", role: "alert" });
  const button = h("button", { class: "button primary" }, action);
  const element = h("form", { novalidate: true, ...attributes }, fields, trouble, h("div", { class: "actions" }, button));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (button.getAttribute("aria-busy") === "true") return;
    cleared(element, trouble);
    button.setAttribute("aria-busy", "true");
    try {
      await send(Object.fromEntries(new FormData(element)), element);
    } catch (problem) {
      if (!marked(element, trouble, problem)) complain(problem);
    } finally {
      button.removeAttribute("aria-busy");
    }
  });
  return element;
}

function cleared(element, trouble) {
  trouble.textContent = "";
  for (const field of element.querySelectorAll("[aria-invalid]")) {
    field.removeAttribute("aria-invalid");
    element.querySelector(`#${field.id}-trouble`)?.replaceChildren();
  }
}

function marked(element, trouble, problem) {
  if (problem.status === undefined || problem.status === 401 && !element.matches(".login")) return false;
  const left = [];
  let first = null;
  for (const { pointer, message } of problem.errors) {
    const field = element.elements.namedItem(pointer.slice(1).split("/")[0]);
    const place = field && element.querySelector(`#${field.id}-trouble`);
    if (place) {
      field.setAttribute("aria-invalid", "true");
      place.textContent = message;
      first ??= field;
    } else left.push(message);
  }
  trouble.textContent = problem.errors.length ? left.join(" ") : problem.message;
  first?.focus();
  return true;
}

/** A labelled field. *attributes* are the control's; `tag` makes it a `textarea` or a `select` (with *options*). */
export function field(label, { tag = "input", hint = "", options = [], ...attributes } = {}) {
  const id = freshId("field");
  const described = [hint && `${id}-hint`, `${id}-trouble`].filter(Boolean).join(" ");
  const control = h(tag, { id, "aria-describedby": described, ...attributes }, options);
  return h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    control,
    hint && h("p", { class: "hint", id: `${id}-hint` }, hint),
    h("p", { class: "field-trouble", id: `${id}-trouble` }),
  );
}

/** The options of a select: pairs of value and words, the chosen one marked. */
export function choices(pairs, chosen) {
  return pairs.map(([value, words]) => h("option", { value: value ?? "", selected: (value ?? "") === (chosen ?? "") }, words));
}
