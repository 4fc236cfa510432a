// The link by which a calendar elsewhere reads follow-ups and deadlines.

import { get, post, remove } from "../../api.js";
import { freshId, h } from "../../dom.js";
import { copyButton } from "../../parts/copy.js";
import { confirmed } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { complain, say } from "../../parts/toasts.js";
import { ago, day } from "../../words.js";
import { readInto } from "./reading.js";

const PATH = "/api/calendar";
const WAYS = [
  ["Google Calendar", ["Open Google Calendar on a computer.", "Beside “Other calendars”, press the plus sign and choose “From URL”.", "Paste the link and press “Add calendar”.", "Google looks for changes a few times a day."]],
  ["Thunderbird", ["Choose “New Calendar” and then “On the Network”.", "Paste the link as the location. There is no user name.", "Press “Find Calendars”, then “Subscribe”."]],
  ["Apple Calendar", ["Choose “File” and then “New Calendar Subscription”.", "Paste the link and press “Subscribe”."]],
];

/** Whether there is a link, and what can be done about it; a new one is shown this once. */
export function calendar(place, { signal }) {
  const box = h("div", { class: "stack" });
  place.append(
    h("p", {}, "Follow-ups and deadlines can appear in the calendar you use anyway. It reads them through a private link."),
    box,
  );
  const load = () => readInto(box, () => get(PATH, undefined, { signal }), draw);
  const draw = (link) => box.replaceChildren(...(link.active ? drawnLink(link, acts) : [h("div", { class: "row" }, button("Make a calendar link", acts.make, "primary"))]));
  const acts = {
    async make() {
      await attempted(async () => {
        const made = await post(PATH);
        const address = new URL(made.url, location.origin).href;
        box.replaceChildren(...drawnAddress(address), ...drawnLink({ ...made, last_read_at: null }, acts));
        box.querySelector("input").select();
      });
    },
    async replace() {
      const words = "The link you have stops working, and each calendar that reads it has to be given the new one.";
      if (await confirmed("Make a new link?", words, "Make a new link")) await acts.make();
    },
    async end() {
      const words = "Calendars that read it find nothing any more. You can make another one at any time.";
      if (!(await confirmed("End the calendar link?", words, "End the link"))) return;
      await attempted(async () => {
        await remove(PATH);
        say("The calendar link has ended.");
        await load();
        box.querySelector("button")?.focus();
      });
    },
  };
  load();
}

function drawnLink({ created_at: made, last_read_at: read }, acts) {
  const use = read ? `A calendar last read it ${ago(read)}.` : "No calendar has read it yet.";
  return [
    h("p", { class: "calendar-use" }, icon("check"), h("span", {}, `A link is in use since ${day(made)}. ${use}`)),
    h("div", { class: "row" }, button("Make a new link", acts.replace), button("End the link", acts.end, "danger")),
    instructions(),
  ];
}

/** The address, which the server keeps no copy of. */
function drawnAddress(address) {
  const id = freshId("address");
  const input = h("input", { id, class: "input", readonly: true, value: address, "aria-describedby": `${id}-hint`, onfocus: () => input.select() });
  return [
    h(
      "div",
      { class: "notice calendar-address" },
      h("label", { for: id }, "Your calendar link"),
      h("div", { class: "calendar-copy" }, input, copyButton(input, "Copy the link")),
      h("p", { class: "hint", id: `${id}-hint` }, "Copy it now: it is shown only this once. Whoever has it can read your follow-ups and deadlines, so share it with nobody."),
    ),
  ];
}

function instructions() {
  const way = ([name, steps]) => h("details", { class: "way" }, h("summary", {}, `Subscribe in ${name}`), h("ol", {}, steps.map((step) => h("li", {}, step))));
  return h(
    "div",
    { class: "ways" },
    WAYS.map(way),
    isLocal(location.hostname) && h("p", { class: "soft" }, "This page comes from your own machine or network: programs there can read the link, Google cannot."),
  );
}

/** Whether nobody outside can ask *host*. */
function isLocal(host) {
  return /^(localhost|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|\[)/.test(host) || !host.includes(".") || host.endsWith(".local");
}

function button(words, act, kind = "") {
  return h("button", { type: "button", class: `button ${kind}`, onclick: act }, words);
}

async function attempted(act) {
  try {
    await act();
  } catch (problem) {
    complain(problem);
  }
}
