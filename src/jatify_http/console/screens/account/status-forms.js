// The forms of a status: a new one, and one that is there.

import { patch, post } from "../../api.js";
import { h } from "../../dom.js";
import { choices, field, form, openDialog } from "../../parts/dialog.js";
import { say } from "../../parts/toasts.js";

/** What the statistics take a status for. */
export const KINDS = { open: "Under way", interview: "Interview", offer: "Offer", closed: "Closed" };
const LONGEST = 200;

/** The form that adds a status; *added()* hears when one was. */
export function addForm(added) {
  const fields = [
    labelField("New status", { placeholder: "Take-home task" }),
    kindField("interview"),
  ];
  return form({ class: "account-line status-add" }, fields, "Add", async (given, element) => {
    const status = await post("/api/statuses", given);
    element.elements.namedItem("label").value = "";
    say(`“${status.label}” is number ${status.position} of your pipeline.`);
    await added();
  });
}

/** Change a status in a dialog; answers whether it was. */
export async function editStatus(status) {
  const changed = await openDialog("Edit status", (close) =>
    form(
      {},
      [
        labelField("Name", { value: status.label }),
        status.own
          ? kindField(status.category)
          : h("p", { class: "hint" }, `It counts as “${KINDS[status.category]}”. That stays, because it comes with Jatify.`),
      ],
      "Save",
      async ({ label, category }) => {
        // Nothing follows on a closed one; where its owner changes the kind, that changes with it.
        const kind = category && category !== status.category ? { category, terminal: category === "closed" } : {};
        close(await patch(`/api/statuses/${status.id}`, { label, ...kind }, { version: status.version }));
      },
    ),
  );
  if (changed) say(`“${changed.label}” is saved.`);
  return Boolean(changed);
}

function labelField(label, attributes) {
  return field(label, { name: "label", required: true, maxlength: LONGEST, autocomplete: "off", ...attributes });
}

function kindField(chosen) {
  return field("Counts as", { tag: "select", name: "category", options: choices(Object.entries(KINDS), chosen) });
}
