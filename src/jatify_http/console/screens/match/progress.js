// An analysis on its way, or one that ended without a report: where it stands in words, and what to do.

import { get, remove } from "../../api.js";
import { h } from "../../dom.js";
import { complain } from "../../parts/toasts.js";
import { icon } from "../../parts/icons.js";
import { ADVICE, REASONS, lasting, ordinal } from "../../words.js";

const LOOK_AGAIN = 3_000;

/** One that waits or runs; it looks after its place in the queue until `end()`. */
export function underway(analysis, { signal, cancelled }) {
  const what = h("p", {}, analysis.state === "running" ? "Both texts are being read." : "It starts by itself.");
  const paused = h("p", { class: "notice warn", hidden: true });
  const cancel = h("button", { type: "button", class: "button", onclick: () => stop() }, "Cancel");
  const running = analysis.state === "running";
  const element = h(
    "section",
    { class: "panel underway", dataset: { state: analysis.state }, "aria-label": "Progress" },
    h("div", { class: "spinner", "aria-hidden": "true" }),
    h("div", {}, h("h2", {}, running ? "Checking…" : "Waiting for its turn"), what, paused),
    cancel,
  );

  async function look() {
    try {
      const { items, paused: pauses } = await get("/api/queue", { limit: 100 }, { signal });
      const place = items.find((one) => one.analysis_id === analysis.id);
      if (place) what.textContent = words(place);
      paused.hidden = !pauses.length;
      if (pauses.length) paused.textContent = `${REASONS[pauses[0].reason] ?? pauses[0].message}. It goes on by itself when that is over.`;
    } catch {
      // Only the place is unknown then; the events still tell of the end.
    }
  }

  async function stop() {
    cancel.setAttribute("aria-busy", "true");
    try {
      await remove(`/api/analyses/${analysis.id}`);
      cancelled();
    } catch (problem) {
      complain(problem);
    } finally {
      cancel.removeAttribute("aria-busy");
    }
  }

  look();
  const timer = setInterval(() => document.hidden || look(), LOOK_AGAIN);
  signal.addEventListener("abort", () => clearInterval(timer), { once: true });
  return { element, end: () => clearInterval(timer), told: running ? "Checking." : "Waiting for its turn." };
}

function words({ state, position, age_seconds, attempts, due_at }) {
  const tried = attempts > 1 ? ` This is attempt ${attempts}.` : "";
  if (state === "running") return `Both texts are being read. Asked for ${lasting(age_seconds)} ago.${tried}`;
  const later = Date.parse(due_at) - Date.now();
  if (later > 2_000) return `It tries again in ${lasting(later / 1_000)}; ${attempts} of its attempts did not work.`;
  return `${position > 1_000 ? "Far back" : ordinal(position)} in the queue, waiting for ${lasting(age_seconds)}.${tried}`;
}

/** One that failed or was cancelled. */
export function failed(analysis, { check }) {
  const cancelled = analysis.state === "cancelled";
  const code = analysis.error?.code ?? "cancelled";
  const title = cancelled ? "This check was cancelled" : (REASONS[code] ?? "It did not work");
  const detail = !cancelled && analysis.error?.message;
  const element = h(
    "section",
    { class: "panel failed", "aria-label": "What went wrong" },
    icon(cancelled ? "close" : "warning"),
    h(
      "div",
      { class: "failed-words" },
      h("h2", {}, title),
      h("p", {}, ADVICE[code] ?? "Check again."),
      detail && h("details", {}, h("summary", {}, "What was told"), h("p", { class: "soft" }, `${detail} Attempts: ${analysis.attempts}.`)),
    ),
    h(
      "div",
      { class: "row" },
      h("button", { type: "button", class: "button primary", onclick: () => check({}) }, "Check again"),
      !cancelled && h("a", { class: "button", href: "#/queue" }, "See the queue"),
    ),
  );
  return { element, told: title };
}
