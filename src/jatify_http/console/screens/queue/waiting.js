// What waits and runs: a line for each, with its place in the queue and the way to cancel it.

import { h, keep } from "../../dom.js";
import { addressOf } from "../../frame.js";
import { icon } from "../../parts/icons.js";
import { ago } from "../../words.js";

const FAR = 1_000;

/** Show in *list* the places *items*, which *names* knows; *more* tells that others come later. */
export function waiting(list, items, more, names, cancel) {
  const shown = items.map((item) => ({
    id: item.analysis_id,
    about: names.of(item),
    address: addressOf("match", "", { resume: item.resume_id, ...(item.job_id && { job: item.job_id }) }),
    state: item.state === "running" ? "Running" : `No. ${item.position > FAR ? "1,000+" : item.position}`,
    asked: `Asked ${ago(item.enqueued_at)}${item.attempts > 1 ? `, attempt ${item.attempts}` : ""}`,
  }));
  const rest = more ? [{ id: "more" }] : [];
  keep(list, shown.length ? [...shown, ...rest] : [{ id: "none" }], (one) => one.id, (one) => drawn(one, items.length, cancel));
}

function drawn(one, many, cancel) {
  if (one.id === "none") return h("li", { class: "empty" }, icon("queue"), h("p", {}, "Nothing waits, nothing runs."));
  if (one.id === "more") return h("li", { class: "soft" }, `The first ${many} are shown; more wait behind them.`);
  const { id, about, address, state, asked } = one;
  return h(
    "li",
    { class: "queue-place" },
    h("span", { class: "chip", dataset: { tone: state === "Running" ? "fair" : "plain" } }, state),
    h("div", {}, h("a", { href: address, dataset: { key: `open:${id}` } }, about), h("p", { class: "soft" }, asked)),
    h("button", { type: "button", class: "button small", "aria-label": `Cancel ${about}`, dataset: { key: `cancel:${id}` }, onclick: () => cancel(id) }, "Cancel"),
  );
}
