// A field for a password, which its owner may look at while it is typed.

import { h } from "../dom.js";
import { field } from "./dialog.js";

/** As `field`, with a button that shows what was typed. */
export function passwordField(label, attributes = {}) {
  const element = field(label, { type: "password", required: true, autocapitalize: "off", spellcheck: "false", ...attributes });
  const input = element.querySelector("input");
  const words = h("span", {}, "Show");
  const turn = () => {
    const hidden = input.type === "password";
    input.type = hidden ? "text" : "password";
    words.textContent = hidden ? "Hide" : "Show";
  };
  const button = h("button", { type: "button", class: "password-eye", onclick: turn }, words, h("span", { class: "visually-hidden" }, " password"));
  const frame = h("div", { class: "password" });
  input.replaceWith(frame);
  frame.append(input, button);
  return element;
}
