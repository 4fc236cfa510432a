// Taking a text along in the clipboard.

import { h } from "../dom.js";

const SAID_FOR = 2_500;

/** A button that copies what stands in *input*, and says so itself. */
export function copyButton(input, words = "Copy") {
  const button = h("button", { type: "button", class: "button", onclick: () => copy() }, words);
  const said = h("span", { class: "visually-hidden", role: "status" });
  let timer = 0;
  const copy = async () => {
    const done = await copied(input);
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    said.textContent = done ? "Copied." : "It is selected: press Control and C.";
    clearTimeout(timer);
    timer = setTimeout(() => {
      button.textContent = words;
      said.textContent = "";
    }, SAID_FOR);
  };
  return h("span", { class: "copy" }, button, said);
}

async function copied(input) {
  try {
    await navigator.clipboard.writeText(input.value);
    return true;
  } catch {
    // Browsers keep the clipboard from pages that come over plain HTTP from another machine; what is selected may go.
    input.focus();
    input.select();
    return document.execCommand("copy");
  }
}
