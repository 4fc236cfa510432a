// A place for one file: dropped with the mouse, or chosen through a button.

import { freshId, h } from "../dom.js";
import { icon } from "./icons.js";

/** The place; *taken(file)* hears of each file. `accept` is what a file dialog offers, *hint* says what is expected. */
export function fileDrop(title, { hint, accept, taken, button = "Choose a file" }) {
  const name = freshId("drop");
  const chooser = h("input", { type: "file", accept, class: "visually-hidden", tabindex: -1, "aria-hidden": "true", onchange: () => take(chooser.files) });
  const place = h(
    "div",
    { class: "file-drop", role: "group", "aria-labelledby": name, "aria-describedby": `${name}-hint` },
    icon("upload"),
    h("p", { class: "file-drop-title", id: name }, title),
    h("p", { class: "soft", id: `${name}-hint` }, hint),
    h("button", { type: "button", class: "button", onclick: () => chooser.click() }, button),
    chooser,
  );
  const take = ([file]) => {
    chooser.value = "";
    if (file) taken(file);
  };
  const carries = (event) => event.dataTransfer?.types.includes("Files");
  place.addEventListener("dragover", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    place.dataset.over = "true";
  });
  place.addEventListener("dragleave", (event) => {
    if (!place.contains(event.relatedTarget)) delete place.dataset.over;
  });
  place.addEventListener("drop", (event) => {
    if (!carries(event)) return;
    event.preventDefault();
    delete place.dataset.over;
    // Only one file has a place here; of several the first is as good as any.
    take(event.dataTransfer.files);
  });
  return place;
}

/** A file that is let go beside the place must not open instead of the page, as long as *signal* lasts. */
export function guardDrops(signal) {
  for (const kind of ["dragover", "drop"]) {
    window.addEventListener(kind, (event) => event.dataTransfer?.types.includes("Files") && event.preventDefault(), { signal });
  }
}
