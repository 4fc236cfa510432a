// The status of an application: a select, and when another one is chosen, the day and a note to go with it.

import { freshId, h } from "../../dom.js";
import { field, form } from "../../parts/dialog.js";
import { say } from "../../parts/toasts.js";
import { asLocal, fromLocal } from "../../words.js";

/** The select and the place where the rest is asked for; *show* brings both up to date. */
export function mover({ tracked, statuses }) {
  const id = freshId("status");
  const select = h("select", { id, class: "input", "aria-label": "Status", onchange: () => asked(), onkeydown: left });
  const place = h("div", { class: "mover" });

  function show({ status_id }) {
    if (place.childElementCount && select.value !== status_id) return;
    const there = statuses.filter((one) => !one.retired || one.id === status_id);
    select.replaceChildren(...there.map((one) => h("option", { value: one.id, selected: one.id === status_id }, one.label)));
    const tones = { open: "open", interview: "interview", offer: "offer", closed: "closed" };
    select.dataset.category = tones[statuses.find((one) => one.id === status_id)?.category] ?? "open";
  }

  function asked() {
    const to = statuses.find((one) => one.id === select.value);
    place.replaceChildren();
    if (to.id === tracked.value.status_id) return;
    const opened = asLocal(Date.now());
    const fields = h(
      "div",
      { class: "mover-fields" },
      field("When", { name: "status_at", type: "datetime-local", value: opened, max: opened }),
      field("Note", { name: "status_note", placeholder: "Optional", autocomplete: "off" }),
    );
    const ask = form({ class: "panel mover-form", "aria-label": `Move to ${to.label}` }, [h("h2", {}, `Move to ${to.label}`), fields], "Move", async (given) => {
      await move(to, given, opened);
    });
    ask.querySelector(".actions").prepend(h("button", { type: "button", class: "button", onclick: stay }, "Cancel"));
    ask.addEventListener("keydown", left);
    place.replaceChildren(ask);
  }

  function left(event) {
    if (event.key === "Escape" && place.childElementCount) stay();
  }

  function stay() {
    place.replaceChildren();
    show(tracked.value);
    select.focus();
  }

  async function move(to, { status_at, status_note }, opened) {
    const at = status_at && status_at !== opened ? fromLocal(status_at) : undefined;
    const value = await tracked.change("PATCH", "", { status_id: to.id, status_note: status_note.trim() || null, ...(at && { status_at: at }) });
    stay();
    const step = value.history.at(-1);
    say(`Moved to ${to.label}.`, { undo: () => tracked.change("DELETE", `/history/${step.id}`) });
  }

  return { select, place, show };
}
