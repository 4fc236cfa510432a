// What would happen with each row of a table: all of them, or those of one kind, a page at a time.

import { h } from "../../../dom.js";
import { addressOf } from "../../../frame.js";
import { redraw } from "../../../parts/redraw.js";
import { day } from "../../../words.js";

const PAGE = 50;
const ACTIONS = { create: ["Is added", "good"], skip: ["Is there already", "plain"], error: ["Has a mistake", "bad"] };
const TABS = [["", "All rows"], ["create", "To add"], ["skip", "There already"], ["error", "With mistakes"]];

/** The rows; `show(report)` draws those of another report, *labels* gives a status's label by its id. */
export function rowList(labels) {
  const element = h("div", { class: "stack import-rows" });
  let report = null;
  let kind = "";
  let page = 0;

  function draw() {
    const rows = kind ? report.rows.filter((row) => row.action === kind) : report.rows;
    const last = Math.max(0, Math.ceil(rows.length / PAGE) - 1);
    page = Math.min(page, last);
    const shown = rows.slice(page * PAGE, (page + 1) * PAGE);
    redraw(element, tabs(), shown.length ? table(shown) : h("p", { class: "soft" }, "There are none."), last > 0 && turner(rows.length, last));
  }

  function tabs() {
    const { totals } = report;
    return h(
      "div",
      { class: "row", role: "group", "aria-label": "Rows to show" },
      TABS.filter(([action]) => !action || totals[action] > 0).map(([action, words]) =>
        h(
          "button",
          { type: "button", class: "import-tab", "aria-pressed": String(action === kind), dataset: { key: `tab-${action}` }, onclick: () => turn(action, 0) },
          `${words} `,
          h("span", { class: "chip", dataset: { tone: ACTIONS[action]?.[1] ?? "plain" } }, totals[action || "rows"].toLocaleString("en")),
        ),
      ),
    );
  }

  function table(rows) {
    const heads = ["Row", "Company and position", "Status", "What happens"];
    return h(
      "div",
      { class: "table-frame import-frame", tabindex: 0, role: "region", "aria-label": "Rows of the table" },
      // The roles say what it is also where a narrow window lays it out as something else.
      h(
        "table",
        { class: "import-table", role: "table" },
        h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, heads.map((head) => h("th", { scope: "col", role: "columnheader" }, head)))),
        h("tbody", { role: "rowgroup" }, rows.map((row) => drawnRow(row, labels))),
      ),
    );
  }

  function turner(many, last) {
    const button = (key, words, to) =>
      h("button", { type: "button", class: "button small", "aria-disabled": to < 0 || to > last ? "true" : null, dataset: { key }, onclick: () => to >= 0 && to <= last && turn(kind, to) }, words);
    const from = page * PAGE + 1;
    const words = `${from.toLocaleString("en")} to ${Math.min(many, from + PAGE - 1).toLocaleString("en")} of ${many.toLocaleString("en")}`;
    return h("div", { class: "row import-turner" }, button("before", "Before", page - 1), h("span", { class: "soft", role: "status" }, words), button("next", "Next", page + 1));
  }

  function turn(action, to) {
    kind = action;
    page = to;
    draw();
    element.querySelector(".import-frame")?.scrollTo(0, 0);
  }

  return {
    element,
    show(fresh) {
      report = fresh;
      if (kind && !report.totals[kind]) kind = "";
      draw();
    },
  };
}

function drawnRow(row, labels) {
  const [words, tone] = ACTIONS[row.action];
  const status = row.status_id ? (labels.get(row.status_id) ?? row.status_id) : "";
  const cells = [
    row.row.toLocaleString("en"),
    [h("strong", {}, row.company ?? "No company"), h("span", { class: "soft" }, row.position ?? "No position")],
    [status && h("span", {}, status), row.applied_on && h("span", { class: "soft" }, day(row.applied_on))],
    [h("span", { class: "chip", dataset: { tone } }, words), remarks(row)],
  ];
  return h("tr", { role: "row" }, cells.map((content) => h("td", { role: "cell" }, content)));
}

function remarks({ errors, notices = [], duplicate_of: twin, duplicate_of_row: twinRow }) {
  const told = ({ column, message }) => h("li", {}, column && h("strong", {}, `${column}: `), message);
  const same = twin
    ? h("li", {}, h("a", { href: addressOf("application", twin), target: "_blank", rel: "noopener" }, "Open the one that is there"))
    : twinRow && h("li", {}, `The same as row ${twinRow.toLocaleString("en")}`);
  const items = [errors.map(told), notices.map(told), same].flat().filter(Boolean);
  return items.length > 0 && h("ul", { class: "remarks" }, items);
}
