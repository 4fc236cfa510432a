// Taking things along: everything, or the applications as a table.

import { Problem, download } from "../../api.js";
import { h } from "../../dom.js";
import { choices, field, form } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { complain } from "../../parts/toasts.js";
import { today } from "../../words.js";

const FORMATS = [["csv", "CSV, for spreadsheets"], ["json", "JSON, for programs"]];

export function exporting(place) {
  place.append(
    h(
      "div",
      { class: "account-part" },
      h("h3", {}, "Everything"),
      h("p", {}, "One ZIP with all you have here: applications with their history, listings, resumes with their files, analyses and statuses. Another Jatify can take it in again."),
      h("div", { class: "row" }, everythingButton("primary")),
    ),
    h("div", { class: "account-part" }, h("h3", {}, "Applications"), h("p", {}, "Only the applications, with their history. Leave the days empty to have all."), table()),
  );
}

/** The button that downloads all of the account. */
export function everythingButton(kind = "") {
  const fetch = async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    try {
      await download("/api/user/export", `jatify-${today()}.zip`);
    } catch (problem) {
      complain(problem);
    } finally {
      button.removeAttribute("aria-busy");
    }
  };
  const button = h("button", { type: "button", class: `button ${kind}`, onclick: fetch }, icon("download"), "Download everything");
  return button;
}

function table() {
  const fields = h(
    "div",
    { class: "pair" },
    field("Applied from", { type: "date", name: "applied_from" }),
    field("Applied until", { type: "date", name: "applied_to" }),
    field("As", { tag: "select", name: "format", options: choices(FORMATS, "csv") }),
  );
  return form({ class: "account-export" }, fields, "Download applications", async (given) => {
    if (given.applied_from && given.applied_to && given.applied_from > given.applied_to) {
      throw new Problem(422, { errors: [{ pointer: "/applied_to", message: "This day lies before the first one." }] });
    }
    await download("/api/applications/export", `applications-${today()}.${given.format}`, given);
  });
}
