// What an import would do, the choices that decide it, and the button that has it done.

import { h } from "../../../dom.js";
import { choices, field } from "../../../parts/dialog.js";
import { count } from "../../../words.js";
import { rowList } from "./rows.js";

const TWINS = [["skip", "Leave them out"], ["create", "Add them once more"]];
const ORDERS = [["", "Decide by the column"], ["dmy", "Day first"], ["mdy", "Month first"], ["ymd", "Year first"]];

/** The review of a table. *changed()* hears that a choice asks for another report, *add()* that it shall be done. */
export function review(labels, { changed, add }) {
  const twins = field("Applications that are there already", { tag: "select", options: choices(TWINS, "skip"), onchange: changed });
  const order = field("Dates such as 03/04/2026", { tag: "select", options: choices(ORDERS, ""), onchange: changed });
  const rows = rowList(labels);
  const tick = h("input", { type: "checkbox", onchange: () => judge() });
  const forgive = h("label", { class: "tick" }, tick, h("span", {}));
  const why = h("p", { class: "soft", id: "import-why", role: "status" });
  const button = h("button", { type: "button", class: "button primary", "aria-describedby": "import-why", onclick: () => off() || add() });
  const element = h(
    "div",
    { class: "stack review" },
    h("div", { class: "pair" }, twins, order),
    h("h4", {}, "What would happen"),
    rows.element,
    forgive,
    h("div", { class: "actions review-end" }, why, button),
  );
  let report = null;
  let lacking = [];

  const off = () => button.getAttribute("aria-disabled") === "true";

  /** Whether it can be done as things are, and if not what is in the way. */
  function judge() {
    const { create, error } = report.totals;
    const reason = lacking.length
      ? `Choose the column of the ${lacking.join(" and of the ")}.`
      : create === 0
        ? "There is nothing to add."
        : error > 0 && !tick.checked
          ? "Leave the rows with mistakes out, or correct the table and choose it again."
          : "";
    why.textContent = reason;
    button.textContent = create ? `Add ${count(create, "application")}` : "Add";
    if (reason) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }

  return {
    element,
    choices: () => ({
      duplicates: twins.querySelector("select").value,
      date_order: order.querySelector("select").value,
      errors: tick.checked ? "skip" : "refuse",
    }),
    wait() {
      rows.element.setAttribute("aria-busy", "true");
      button.setAttribute("aria-disabled", "true");
      why.textContent = "Looking at the rows…";
    },
    show(fresh, missing) {
      report = fresh;
      lacking = missing;
      rows.element.removeAttribute("aria-busy");
      const { error } = report.totals;
      forgive.hidden = error === 0 || missing.length > 0;
      forgive.lastElementChild.textContent = `Leave out ${count(error, "row with a mistake", "rows with mistakes")}`;
      // Without these columns every row has the same mistake, which says nothing about the rows.
      rows.element.hidden = missing.length > 0;
      rows.show(report);
      judge();
    },
  };
}
