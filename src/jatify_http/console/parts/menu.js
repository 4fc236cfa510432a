// A small sheet beside the control that opens it: the browser's own popover, which Escape and a press elsewhere close.

import { h } from "../dom.js";
import { refocus } from "./redraw.js";

const GAP = 6;
const EDGE = 8;

/** Open a sheet named *label* beside *anchor* with what *content(close)* gives; the focus goes into it, and back. */
export function openMenu(anchor, label, content) {
  const close = () => sheet.hidePopover();
  const sheet = h("div", { class: "menu", popover: "auto", role: "dialog", "aria-label": label });
  sheet.append(...[content(close)].flat().filter(Boolean));
  document.body.append(sheet);
  sheet.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    const back = sheet.contains(document.activeElement) || document.activeElement === document.body;
    sheet.remove();
    if (back) refocus(anchor);
  });
  sheet.showPopover();
  place(sheet, anchor);
  sheet.querySelector("select, button, a, input")?.focus();
  return sheet;
}

function place(sheet, anchor) {
  const by = anchor.getBoundingClientRect();
  const { width, height } = sheet.getBoundingClientRect();
  const left = Math.max(EDGE, Math.min(by.right - width, innerWidth - width - EDGE));
  const below = by.bottom + GAP + height <= innerHeight - EDGE;
  const top = below ? by.bottom + GAP : Math.max(EDGE, by.top - GAP - height);
  sheet.style.setProperty("left", `${left}px`);
  sheet.style.setProperty("top", `${top}px`);
}
