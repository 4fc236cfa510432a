// Icons: small drawings in the colour of the text around them, hidden from whoever is read to.

import { s } from "../dom.js";

const DRAWN = {
  board: "M4 5h4v14H4zM10 5h4v9h-4zM16 5h4v11h-4z",
  today: "M5 6h14v14H5zM5 10h14M9 3v5M15 3v5M9 15l2 2 4-4",
  match: "M8 6h8M8 10h8M8 14h4M6 3h12v12M6 3v18h6M15 19l2 2 4-4",
  numbers: "M4 20V10M10 20V4M16 20v-7M22 20H2",
  queue: "M4 6h16M4 12h16M4 18h10",
  account: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21a8 8 0 0 1 16 0",
  plus: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  upload: "M12 16V4M7 9l5-5 5 5M4 16v4h16v-4",
  download: "M12 4v12M7 11l5 5 5-5M4 18v2h16v-2",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5",
  edit: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  undo: "M8 5L4 9l4 4M4 9h10a6 6 0 0 1 0 12h-3",
  redo: "M16 5l4 4-4 4M20 9H10a6 6 0 0 0 0 12h3",
  check: "M5 13l5 5L20 7",
  warning: "M12 4L2.500 20h19zM12 10v4M12 17v.5",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3 3",
  file: "M6 3h8l4 4v14H6zM14 3v4h4",
  bell: "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4",
  note: "M5 4h14v10l-6 6H5zM13 20v-6h6",
  arrow: "M5 12h14M13 6l6 6-6 6",
  back: "M19 12H5M11 6l-6 6 6 6",
  down: "M6 9l6 6 6-6",
  up: "M6 15l6-6 6 6",
  more: "M12 5v.01M12 12v.01M12 19v.01",
  filter: "M4 5h16l-6 8v6l-4-2v-4z",
  drag: "M9 6v.01M15 6v.01M9 12v.01M15 12v.01M9 18v.01M15 18v.01",
  leave: "M10 4H5v16h5M14 8l4 4-4 4M8 12h10",
  key: "M14 14a5 5 0 1 0-4-4L3 17v4h4v-3h3v-3z",
  spark: "M12 3l2 6 6 3-6 3-2 6-2-6-6-3 6-3z",
  sun: "M12 17a5 5 0 1 0 0-10 5 5 0 0 0 0 10zM12 1v3M12 20v3M1 12h3M20 12h3M4 4l2 2M18 18l2 2M4 20l2-2M18 6l2-2",
  moon: "M20 14a8 8 0 0 1-10-10 8 8 0 1 0 10 10z",
  screen: "M4 5h16v11H4zM9 20h6M12 16v4",
};

/** The drawing *name*. */
export function icon(name) {
  const path = s("path", { d: DRAWN[name], fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round" });
  return s("svg", { class: "icon", viewBox: "0 0 24 24", width: 20, height: 20, "aria-hidden": "true", focusable: "false" }, path);
}
