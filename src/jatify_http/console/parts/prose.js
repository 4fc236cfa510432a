// A long text as people read it: paragraphs, lists and headings, made of plain text and never of markup.

import { h } from "../dom.js";

const BULLET = /^\s*(?:[-*•–·▪‣◦]|\d{1,2}[.)])\s+/;
const HEADING = /^#{1,4}\s+/;
const WRAPPED = 70;
const FULL = 82;

/** Elements for *text*. */
export function prose(text) {
  return unwrapped(text)
    .split(/\n\s*\n/)
    .flatMap((block) => runs(block.split("\n").filter((line) => line.trim())));
}

/** *text* with its hard-wrapped lines joined by a blank for each break: every character keeps its place. */
export function unwrapped(text) {
  const lines = text.split("\n");
  return lines.reduce((sofar, line, at) => (at === 0 ? line : sofar + (continues(lines[at - 1], line) ? " " : "\n") + line), "");
}

function continues(before, line) {
  if (before.length < WRAPPED || !line.trim() || BULLET.test(line) || HEADING.test(line)) return false;
  // A line that begins with a capital goes on with one before it only where that one is as long as a full one.
  return /^\s*[\p{Ll}(]/u.test(line) || (before.length >= FULL && !BULLET.test(before) && !/[.:!?]\s*$/.test(before));
}

function runs(lines) {
  const made = [];
  let items = [];
  const close = () => {
    if (items.length) made.push(h("ul", {}, items.map((item) => h("li", {}, item))));
    items = [];
  };
  for (const line of lines) {
    if (BULLET.test(line)) items.push(line.replace(BULLET, ""));
    else {
      close();
      made.push(heading(line) ? h("h4", {}, line.replace(HEADING, "").replace(/:$/, "")) : h("p", {}, line));
    }
  }
  close();
  return made;
}

function heading(line) {
  return HEADING.test(line) || (line.length < 50 && line.endsWith(":"));
}
