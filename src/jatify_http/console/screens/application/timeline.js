// What happened with an application, newest first: its steps can be put right, undone and added.

import { h } from "../../dom.js";
import { addressOf } from "../../frame.js";
import { choices, field, form, openDialog } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { redraw, whenChanged } from "../../parts/redraw.js";
import { scoreChip } from "../../parts/score.js";
import { complain, say } from "../../parts/toasts.js";
import { asLocal, day, fromLocal, moment, toneOf } from "../../words.js";

const SHOWN = 12;
const CHECKS = {
  succeeded: "Fit checked",
  failed: "Fit check failed",
  cancelled: "Fit check cancelled",
  queued: "Fit check waits",
  running: "Fit check runs",
};

/** The panel; *show* brings it up to date. */
export function timelinePanel(context) {
  const { tracked, statuses } = context;
  const list = h("ol", { class: "timeline" });
  const more = h("button", { type: "button", class: "button quiet small", onclick: () => reveal() }, "Show older");
  let all = false;
  const labelOf = (id) => statuses.find((one) => one.id === id);

  const show = whenChanged(({ timeline }) => [timeline], (value) => {
    const newest = told(value);
    const last = value.history.at(-1)?.id;
    const items = all ? newest : newest.slice(0, SHOWN);
    redraw(list, items.map((item) => entry(item, item.step_id !== undefined && item.step_id === last && value.history.length > 1)));
    more.hidden = items.length === newest.length;
  });

  function reveal() {
    all = true;
    const newest = told(tracked.value);
    list.append(...newest.slice(SHOWN).map((item) => entry(item, false)));
    list.children[SHOWN]?.querySelector("button, a")?.focus();
    more.hidden = true;
  }

  function entry(item, newest) {
    const status = item.kind === "status" ? labelOf(item.status_id) : null;
    return h(
      "li",
      { dataset: { kind: item.kind, tone: toneOf(status) } },
      h(
        "div",
        { class: "timeline-line" },
        h("div", { class: "timeline-what" }, what(item, status), h("time", { datetime: item.at, title: moment(item.at), class: "soft" }, day(item.at))),
        item.kind === "status" && acts(item, status, newest),
      ),
      item.note && h("p", { class: "timeline-note" }, item.note),
    );
  }

  function acts(item, status, newest) {
    const label = status?.label ?? item.status_id;
    return h(
      "div",
      { class: "timeline-acts" },
      newest && button("undo", "undo-step", `Undo the step to ${label}`, "Undo this step", () => undo(item, label)),
      button("edit", `edit-${item.step_id}`, `Edit the step to ${label}`, "Edit date and note", () => edit(item, label)),
    );
  }

  async function undo(item, label) {
    try {
      await tracked.change("DELETE", `/history/${item.step_id}`);
      say(`The step to ${label} is undone.`, {
        // As the newest again: a time before the other steps' would else put it before them.
        undo: () => tracked.change("PATCH", "", { status_id: item.status_id, status_at: item.at, status_note: item.note }),
      });
    } catch (problem) {
      complain(problem);
    }
  }

  async function edit(item, label) {
    await openDialog(`The step to ${label}`, (close) => {
      const was = { at: asLocal(item.at), note: item.note ?? "" };
      return form({}, [when(was.at), noteField(was.note)], "Save", async ({ at, note }) => {
        const changed = { ...(at !== was.at && { at: fromLocal(at) }), ...(note !== was.note && { note: note.trim() || null }) };
        if (Object.keys(changed).length) await correct(item, changed);
        close(true);
      });
    });
    // Where it was edited, which may have been drawn anew.
    list.querySelector(`[data-key="edit-${item.step_id}"]`)?.focus();
  }

  async function correct(item, changed) {
    try {
      await tracked.change("PATCH", `/history/${item.step_id}`, changed);
    } catch (problem) {
      for (const error of problem.errors ?? []) if (error.code === "out_of_order") error.message = between(item);
      throw problem;
    }
  }

  function between(item) {
    const { history } = tracked.value;
    const at = history.findIndex(({ id }) => id === item.step_id);
    const named = (step) => `${labelOf(step.status_id)?.label ?? step.status_id} (${moment(step.at)})`;
    const bounds = [history[at - 1] && `after ${named(history[at - 1])}`, history[at + 1] && `before ${named(history[at + 1])}`];
    return `It must stay ${bounds.filter(Boolean).join(" and ")}.`;
  }

  function add() {
    openDialog("Add a step that was forgotten", (close) => {
      const pairs = statuses.filter((one) => !one.retired).map((one) => [one.id, one.label]);
      const status = field("Status", { tag: "select", name: "status_id", options: choices(pairs, pairs[1]?.[0]) });
      const opened = asLocal(Date.now());
      return form({}, [status, when(opened), noteField("")], "Add", async ({ status_id, at, note }) => {
        const said = note.trim() || null;
        // Now, by the server's clock, which knows more than the minute.
        if (at === opened && status_id !== tracked.value.status_id) await tracked.change("PATCH", "", { status_id, status_note: said });
        else await tracked.change("POST", "/history", { status_id, at: fromLocal(at), note: said });
        close(true);
      });
    });
  }

  const element = h(
    "section",
    { class: "panel", "aria-label": "Timeline" },
    h("div", { class: "panel-head" }, h("h2", {}, "Timeline"), h("button", { type: "button", class: "button quiet small", onclick: add }, icon("plus"), "Add a step")),
    list,
    more,
  );
  return { element, show };
}

/** What is told, newest first. That it was put here is news only where its history began on another day. */
function told({ timeline, history, created_at }) {
  const sameDay = history.length && day(history[0].at) === day(created_at);
  return timeline.filter(({ kind }) => kind !== "created" || !sameDay).reverse();
}

function button(drawing, key, name, title, onclick) {
  return h("button", { type: "button", class: "icon-button", dataset: { key }, "aria-label": name, title, onclick }, icon(drawing));
}

function what(item, status) {
  if (item.kind === "created") return h("span", {}, "Put on the board");
  if (item.kind === "status") return h("strong", {}, status?.label ?? item.status_id);
  if (item.kind === "resume") return h("span", {}, item.resume_name ? `Resume: ${item.resume_name}` : "Resume taken away");
  const scored = item.score !== null && item.score !== undefined;
  const link = h("a", { href: addressOf("match", "", { analysis: item.analysis_id }) }, CHECKS[item.state] ?? "Fit check");
  return h("span", { class: "row" }, link, scored && scoreChip(item.score, { words: false }));
}

function when(value) {
  return field("When", { name: "at", type: "datetime-local", value, max: asLocal(Date.now()), required: true });
}

function noteField(value) {
  return field("Note", { tag: "textarea", name: "note", value, rows: 3 });
}
