// The menu of a card: every status to choose from, the follow-up, and the way to drop it.

import { h } from "../../dom.js";
import { addressOf } from "../../frame.js";
import { choices, field } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { openMenu } from "../../parts/menu.js";
import { shifted, today } from "../../words.js";
import { nameOf } from "./card.js";

const LATER = [["Tomorrow", 1], ["In 3 days", 3], ["In a week", 7]];

/** Open it beside *anchor*. *acts*: `move(statusId)`, `followUp(date)`, `drop()`. */
export function openCardMenu(anchor, application, statuses, acts) {
  return openMenu(anchor, `Menu of ${nameOf(application)}`, (close) => {
    const act = (deed, ...given) => {
      close();
      deed(...given);
    };
    return [
      statusField(application, statuses, (statusId) => act(acts.move, statusId)),
      followUp(application, (date) => act(acts.followUp, date)),
      h("hr"),
      h("a", { class: "menu-item", href: addressOf("application", application.id), onclick: close }, icon("arrow"), "Open"),
      h("a", { class: "menu-item", href: addressOf("match", "", matchOf(application)), onclick: close }, icon("match"), "See the fit"),
      h("button", { type: "button", class: "menu-item menu-bad", onclick: () => act(acts.drop) }, icon("trash"), "Delete"),
    ];
  });
}

function matchOf({ job_id, resume_id }) {
  return { job: job_id, ...(resume_id ? { resume: resume_id } : {}) };
}

/** A choice by mouse or finger is meant; arrow keys go through all options on their way, and need a word more. */
function statusField(application, statuses, move) {
  const open = statuses.filter((status) => !status.retired || status.id === application.status_id);
  const pairs = open.map(({ id, label }) => [id, label]);
  let byKeys = false;
  const go = h("button", { type: "button", class: "button primary", hidden: true, onclick: () => move(labelled.querySelector("select").value) }, "Move");
  const labelled = field("Status", {
    tag: "select",
    options: choices(pairs, application.status_id),
    onkeydown: () => (byKeys = true),
    onpointerdown: () => (byKeys = false),
    onchange: ({ target: select }) => {
      if (select.value === application.status_id) go.hidden = true;
      else if (byKeys) go.hidden = false;
      else move(select.value);
    },
  });
  return h("div", { class: "menu-status" }, labelled, go);
}

function followUp(application, follow) {
  const later = LATER.map(([words, days]) => h("button", { type: "button", class: "button small", onclick: () => follow(shifted(today(), days)) }, words));
  return h(
    "div",
    { class: "menu-group", role: "group", "aria-label": "Follow up" },
    h("p", { class: "menu-label" }, "Follow up"),
    h("div", { class: "row" }, later, application.follow_up_on && h("button", { type: "button", class: "button small quiet", onclick: () => follow(null) }, "Done")),
  );
}
