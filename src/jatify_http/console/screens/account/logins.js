// Where one is logged in, and how to end it there.

import { all, remove } from "../../api.js";
import { h } from "../../dom.js";
import { confirmed } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { redraw } from "../../parts/redraw.js";
import { complain, say } from "../../parts/toasts.js";
import { ago, count, moment } from "../../words.js";
import { Paged, moreOf, readInto } from "./reading.js";

const PATH = "/api/auth/sessions";
const BROWSERS = [["Edge", /Edg/], ["Opera", /OPR\//], ["Firefox", /Firefox\/|FxiOS/], ["Chrome", /Chrome\/|CriOS/], ["Safari", /Safari\//]];
const SYSTEMS = [["iPhone", /iPhone/], ["iPad", /iPad/], ["Android", /Android/], ["Windows", /Windows/], ["macOS", /Mac OS X/], ["ChromeOS", /CrOS/], ["Linux", /Linux/]];

/** The logins, this one first; each other can be ended, or all others at once. */
export function logins(place, { signal, news }) {
  const list = new Paged(PATH, 20, signal);
  const box = h("div", { class: "stack" });
  place.append(box);
  const load = () => readInto(box, () => list.again(), draw);
  const draw = ({ items }) => {
    const current = items.filter((one) => one.current);
    const others = items.filter((one) => !one.current);
    redraw(
      box,
      h("ul", { class: "cards" }, [...current, ...others].map((one) => row(one, load))),
      moreOf(list, draw),
      others.length > 1 && h("div", { class: "row" }, h("button", { type: "button", class: "button", dataset: { key: "all" }, onclick: () => endOthers(signal, load) }, "End all other logins")),
    );
  };
  news.addEventListener("logins", load, { signal });
  load();
}

function row(login, load) {
  const name = programOf(login.user_agent);
  const end = async () => {
    try {
      await remove(`${PATH}/${login.id}`);
      say(`The login with ${name} has ended.`);
    } catch (problem) {
      // Whoever has ended it elsewhere meanwhile got what he wanted here.
      if (problem.status !== 404) complain(problem);
    }
    await load();
  };
  return h(
    "li",
    { class: "login-place" },
    icon("key"),
    h(
      "div",
      {},
      h("p", { class: "login-name" }, h("strong", { title: login.user_agent }, name), login.current && h("span", { class: "chip", dataset: { tone: "good" } }, "This one")),
      h("p", { class: "soft" }, `Last seen ${ago(login.last_seen_at)}. Logged in ${moment(login.created_at)}, ends ${ago(login.expires_at)}.`),
    ),
    !login.current && h("button", { type: "button", class: "button", "aria-label": `End the login with ${name}, last seen ${ago(login.last_seen_at)}`, dataset: { key: `end-${login.id}` }, onclick: end }, "End"),
  );
}

async function endOthers(signal, load) {
  try {
    const others = (await all(PATH, {}, { signal })).filter((one) => !one.current);
    const words = `You stay logged in here. ${count(others.length, "other login ends", "other logins end")} at once, wherever it may be.`;
    if (!(await confirmed("End all other logins?", words, "End them"))) return;
    for (const { id } of others) await ended(id);
    say("All other logins have ended.");
  } catch (problem) {
    complain(problem);
  }
  await load();
}

async function ended(id) {
  try {
    await remove(`${PATH}/${id}`);
  } catch (problem) {
    if (problem.status !== 404) throw problem;
  }
}

/** "Firefox on Windows", as far as a program tells of itself. */
function programOf(agent) {
  const [browser] = BROWSERS.find(([, sign]) => sign.test(agent)) ?? [];
  const [system] = SYSTEMS.find(([, sign]) => sign.test(agent)) ?? [];
  if (browser) return system ? `${browser} on ${system}` : browser;
  return agent.split(/[\s/]/)[0] || "an unknown program";
}
