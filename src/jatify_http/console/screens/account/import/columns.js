// What each column of a table means: a choice for each, beside its first values.

import { h, freshId } from "../../../dom.js";
import { choices } from "../../../parts/dialog.js";

export const FIELDS = {
  company: "Company",
  position: "Position",
  status: "Status",
  applied_on: "Applied on",
  url: "Link",
  location: "Location",
  workplace: "Workplace",
  employment_type: "Employment type",
  source: "Source",
  tags: "Tags",
  notes: "Notes",
  description: "Description of the job",
  cover_letter: "Cover letter",
  resume: "Resume",
  follow_up_on: "Follow up on",
  follow_up_note: "Follow-up note",
  deadline_on: "Deadline",
  posted_on: "Posted on",
  salary_min: "Lowest salary",
  salary_max: "Highest salary",
  salary_currency: "Currency of the salary",
  salary_period: "Period of the salary",
  created_at: "Saved at",
  history: "History",
};
const NEEDED = ["company", "position"];

/** The choices for *columns* (as a report names them); *changed(mapping)* hears of each new one. */
export function columnChoices(columns, changed) {
  const selects = new Map();
  const said = h("p", { class: "visually-hidden", role: "status" });
  const mapping = () => Object.fromEntries([...selects].map(([name, select]) => [name, select.value || null]));
  const turned = (name) => {
    const { value } = selects.get(name);
    // A field is in one column at a time: the other gives it up.
    for (const [other, select] of selects) {
      if (!value || other === name || select.value !== value) continue;
      select.value = "";
      said.textContent = `${other} is left out now.`;
    }
    mark(selects);
    changed(mapping());
  };
  const row = ({ name, field, samples }) => {
    const id = freshId("column");
    const select = h("select", { id, class: "input", "aria-describedby": `${id}-samples`, onchange: () => turned(name) }, choices([["", "Leave out"], ...Object.entries(FIELDS)], field));
    selects.set(name, select);
    return h(
      "li",
      { class: "import-column" },
      h("label", { for: id }, name),
      h("p", { class: "soft import-samples", id: `${id}-samples` }, samples.length ? samples.join(" · ") : "No values"),
      select,
    );
  };
  const element = h("div", {}, h("ul", { class: "import-columns" }, columns.map(row)), said);
  mark(selects);
  return { element, mapping, lacking: () => lackingOf(selects) };
}

function mark(selects) {
  for (const select of selects.values()) select.closest(".import-column").dataset.used = Boolean(select.value);
}

/** Names of the fields that no import can do without and no column is taken for. */
function lackingOf(selects) {
  const taken = new Set([...selects.values()].map((select) => select.value));
  return NEEDED.filter((field) => !taken.has(field)).map((field) => FIELDS[field].toLowerCase());
}
