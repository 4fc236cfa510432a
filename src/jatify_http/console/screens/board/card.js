// One application on the board: what it is for, since when, and what to do about it.

import { h } from "../../dom.js";
import { addressOf } from "../../frame.js";
import { icon } from "../../parts/icons.js";
import { followUpBadge, monogram } from "../../parts/marks.js";
import { BANDS, bandOf, since } from "../../words.js";

const TAGS_SHOWN = 3;

/** A card for *application*; *hint* is the id of the words that say which keys move it. */
export function cardOf(application, score, hint) {
  const card = h("li", { class: "board-card", dataset: { id: application.id } });
  card.append(
    monogram(application.job.company),
    h("p", { class: "board-card-title" }, h("a", { href: addressOf("application", application.id), draggable: "false", tabindex: -1, "aria-describedby": hint })),
    h("p", { class: "board-card-company" }),
    h("button", { type: "button", class: "icon-button board-card-menu", tabindex: -1, "aria-haspopup": "dialog" }, icon("more")),
    h("p", { class: "board-card-marks" }),
    h("p", { class: "board-card-marks board-card-tags" }),
  );
  fillCard(card, application, score);
  return card;
}

/** Write into *card* what *application* is now; where it has the focus it keeps it. */
export function fillCard(card, application, score) {
  const { company, position } = application.job;
  const [tile, title, firm, menu, marks, tags] = card.children;
  if (firm.textContent !== company) tile.replaceWith(monogram(company));
  title.firstElementChild.textContent = position;
  firm.textContent = company;
  menu.setAttribute("aria-label", `Menu of ${position} at ${company}`);
  marks.replaceChildren(
    ...[h("span", { class: "soft" }, standing(application)), scoreChip(score)].filter(Boolean),
  );
  tags.replaceChildren(...[followUpBadge(application.follow_up_on), ...tagChips(application.tags)].filter(Boolean));
}

/** Only the card of each column that was last in use is on the way of the Tab key; arrows reach the others. */
export function setTabbable(card, tabbable) {
  for (const control of card.querySelectorAll("a, button")) control.tabIndex = tabbable ? 0 : -1;
}

/** Name an application in a sentence. */
export function nameOf(application) {
  return `${application.job.position} at ${application.job.company}`;
}

const COMING = { saved: "Saved", applied: "Applied" };

/** Since when it has been where it is; whoever gave a date of applying meant that. */
function standing({ status_id, status_since, applied_on }) {
  const at = status_id === "applied" && applied_on ? applied_on : status_since;
  return `${COMING[status_id] ?? "Moved here"} ${since(at)}`;
}

function scoreChip(score) {
  if (score === undefined || score === null) return null;
  const band = bandOf(score);
  return h("span", { class: "chip board-score", dataset: { band }, title: BANDS[band] }, h("span", { class: "visually-hidden" }, "Fit "), String(score));
}

function tagChips(tags) {
  const more = tags.length - TAGS_SHOWN;
  return [
    tags.slice(0, TAGS_SHOWN).map((tag) => h("span", { class: "chip board-tag" }, tag)),
    more > 0 ? [h("span", { class: "chip", title: tags.slice(TAGS_SHOWN).join(", ") }, `+${more}`)] : [],
  ].flat();
}
