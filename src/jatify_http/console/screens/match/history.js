// The checks so far of one resume against one job: how the score went, and each to open again.

import { remove } from "../../api.js";
import { h, s } from "../../dom.js";
import { confirmed } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { redraw } from "../../parts/redraw.js";
import { scoreChip } from "../../parts/score.js";
import { complain } from "../../parts/toasts.js";
import { moment } from "../../words.js";

const SHOWN = 20;
const STATES = { queued: "Waiting", running: "Running", failed: "Failed", cancelled: "Cancelled" };
const [WIDTH, HEIGHT, MARGIN] = [300, 84, 8];

/** The panel; *open* shows one, *dropped* hears of one that was deleted. */
export function history({ open, dropped }) {
  const body = h("div", {});
  const element = h("section", { class: "panel history", "aria-label": "History" }, h("h3", {}, "Checks so far"), body);

  function show(shown, checks) {
    const scored = checks.filter((one) => one.score !== null).slice(0, SHOWN).reverse();
    redraw(body, scored.length > 1 && line(scored), h("ol", {}, checks.slice(0, SHOWN).map((one) => entry(one, one.id === shown.id))));
  }

  function entry(one, current) {
    const result = one.score === null ? h("span", { class: "chip" }, STATES[one.state]) : scoreChip(one.score, { words: false });
    return h(
      "li",
      {},
      h(
        "button",
        { type: "button", class: "history-open", dataset: { key: one.id }, "aria-current": current ? "true" : null, onclick: () => open(one) },
        result,
        h("span", {}, moment(one.created_at)),
        one.stale && h("span", { class: "chip", dataset: { tone: "warn" } }, "Out of date"),
      ),
      h(
        "button",
        {
          type: "button",
          class: "icon-button",
          dataset: { key: `drop-${one.id}` },
          "aria-label": `Delete the check of ${moment(one.created_at)}`,
          title: "Delete",
          onclick: () => drop(one),
        },
        icon("trash"),
      ),
    );
  }

  async function drop(one) {
    if (!(await confirmed("Delete this check?", "Its report cannot be brought back.", "Delete"))) return;
    try {
      await remove(`/api/analyses/${one.id}`);
      dropped(one.id);
    } catch (problem) {
      complain(problem);
    }
  }

  return { element, show };
}

function line(scored) {
  const across = (WIDTH - 2 * MARGIN) / (scored.length - 1);
  const points = scored.map(({ score }, at) => [MARGIN + at * across, MARGIN + ((100 - score) / 100) * (HEIGHT - 2 * MARGIN)]);
  const path = points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
  const first = scored[0].score;
  const last = scored.at(-1).score;
  return s(
    "svg",
    { class: "history-line", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img", "aria-label": `The score went from ${first} to ${last} over ${scored.length} checks.` },
    [75, 60, 40].map((least) => {
      const y = MARGIN + ((100 - least) / 100) * (HEIGHT - 2 * MARGIN);
      return s("line", { x1: MARGIN, x2: WIDTH - MARGIN, y1: y, y2: y, class: "history-band" });
    }),
    s("polyline", { points: path, class: "history-path" }),
    points.map(([x, y]) => s("circle", { cx: x, cy: y, r: 3.5, class: "history-dot" })),
  );
}
