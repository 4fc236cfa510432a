// Bars and funnels as SVG, and the same figures as a table for whoever reads them so.

import { h, s } from "../dom.js";

/** A figure with a title, its drawing, and its numbers as a table that opens below. */
export function figure(title, drawing, heads, rows, note = "") {
  return h(
    "figure",
    { class: "panel figure" },
    h("figcaption", {}, h("h2", {}, title), note && h("p", { class: "soft" }, note)),
    h("div", { class: "drawing", tabindex: 0, role: "group", "aria-label": title, dataset: { key: `drawing:${title}` } }, drawing),
    h("details", { dataset: { of: title } }, h("summary", { dataset: { key: `table:${title}` } }, "As a table"), numbers(title, heads, rows)),
  );
}

/** A plain table of *rows*, called *title*; the first column names them. */
export function numbers(title, heads, rows) {
  return h(
    "div",
    { class: "table-frame", tabindex: 0, role: "region", "aria-label": `${title}, as a table`, dataset: { key: `rows:${title}` } },
    h(
      "table",
      { "aria-label": title },
      h("thead", {}, h("tr", {}, heads.map((head) => h("th", { scope: "col" }, head)))),
      h("tbody", {}, rows.map(([first, ...rest]) => h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell ?? "–"))))),
    ),
  );
}

/** Horizontal bars: `{label, value, mark, words, tone}`, as long as their share of the greatest value or mark. */
export function bars(items) {
  const most = Math.max(1, ...items.map((item) => Math.max(item.value, item.mark ?? 0)));
  return h(
    "dl",
    { class: "bars" },
    items.map(({ label, value, words, tone, mark }) =>
      h(
        "div",
        {},
        h("dt", {}, label),
        h(
          "dd",
          {},
          mark !== undefined && h("span", { class: "bar-mark", style: { "--share": Math.min(1, mark / most) } }),
          h("span", { class: "bar", dataset: { tone: tone ?? "accent" }, style: { "--share": value / most } }),
          h("span", { class: "bar-words" }, words ?? String(value)),
        ),
      ),
    ),
  );
}

const CHART = { width: 920, height: 230, bottom: 28, left: 30 };

/** Columns by week: *weeks* with their date in `week`, *series* as `{key, label, tone}`, side by side. */
export function columns(weeks, series, label) {
  const { width, height, bottom, left } = CHART;
  const most = Math.max(4, ...weeks.flatMap((week) => series.map(({ key }) => week[key])));
  const room = (width - left) / Math.max(weeks.length, 1);
  const each = Math.min(18, (room * 0.78) / series.length);
  const y = (value) => height - bottom - (value / most) * (height - bottom - 12);
  const every = Math.ceil(weeks.length / 12);
  const steps = [0, Math.round(most / 2), most];
  return s(
    "svg",
    { class: "columns", viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label },
    steps.map((step) => [s("line", { class: "grid", x1: left, x2: width, y1: y(step), y2: y(step) }), s("text", { x: left - 8, y: y(step) + 4, "text-anchor": "end" }, String(step))]),
    weeks.map((week, index) => {
      const start = left + index * room + (room - each * series.length) / 2;
      return s(
        "g",
        {},
        series.map(({ key, label: name, tone }, place) =>
          s("rect", { class: "column", dataset: { tone }, x: start + place * each, y: y(week[key]), width: Math.max(1, each - 2), height: height - bottom - y(week[key]), rx: 2 },
            s("title", {}, `${week.label}: ${week[key]} ${name.toLowerCase()}`)),
        ),
        index % every === 0 && s("text", { x: start + (each * series.length) / 2, y: height - 8, "text-anchor": "middle" }, week.label),
      );
    }),
  );
}

/** What the colours of *series* mean. */
export function legend(series) {
  return h("ul", { class: "legend" }, series.map(({ label, tone }) => h("li", {}, h("span", { class: "swatch", dataset: { tone } }), label)));
}

/** A funnel: *steps* `{label, value}`, each as wide as what is left, with its share of the step before. */
export function funnel(steps) {
  const most = Math.max(1, steps[0]?.value ?? 0);
  return h(
    "ol",
    { class: "funnel" },
    steps.map(({ label, value, tone }, index) => {
      const before = index ? steps[index - 1].value : 0;
      return h(
        "li",
        {},
        h("span", { class: "funnel-label" }, label),
        h("span", { class: "funnel-track" }, value > 0 && h("span", { class: "funnel-bar", dataset: { tone }, style: { "--share": value / most } })),
        h("span", { class: "funnel-value" }, String(value)),
        h("span", { class: "funnel-share soft" }, index && before ? `${Math.round((100 * value) / before)}%` : ""),
      );
    }),
  );
}
