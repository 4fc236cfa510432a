// Who one is here, and in which light.

import { get, patch } from "../../api.js";
import { h } from "../../dom.js";
import { field, form } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { complain, say } from "../../parts/toasts.js";
import { session } from "../../session.js";
import { CHOICES, choose, theme } from "../../theme.js";
import { day } from "../../words.js";

/** The name, which can be changed, and the e-mail, which cannot. */
export function profile(place, { signal }) {
  const known = session.user;
  const name = field("Name", { name: "name", value: known.name, required: true, autocomplete: "name" });
  const input = name.querySelector("input");
  const save = async ({ name: wanted }) => {
    session.rename(await patch("/api/user/profile", { name: wanted }));
    say("Your name is saved.");
  };
  place.append(
    h(
      "dl",
      { class: "account-facts" },
      h("div", {}, h("dt", {}, "E-mail"), h("dd", {}, known.email)),
      h("div", {}, h("dt", {}, "Here since"), h("dd", {}, day(known.created_at))),
    ),
    form({ class: "account-line" }, name, "Save", save),
  );
  refresh(input, known, signal);
}

/** The name may have been changed elsewhere since the login; what is being typed comes first. */
async function refresh(input, known, signal) {
  try {
    const user = await get("/api/user/profile", undefined, { signal });
    if (!session.open) return;
    session.rename(user);
    if (input.value === known.name) input.value = user.name;
  } catch (problem) {
    complain(problem);
  }
}

const DRAWN = { system: "screen", light: "sun", dark: "moon" };

/** Light, dark, or as the system has it. */
export function appearance(place) {
  const now = theme();
  const choice = ([name, words]) =>
    h(
      "label",
      { class: "choice" },
      h("input", { type: "radio", name: "theme", value: name, checked: name === now, onchange: () => choose(name) }),
      icon(DRAWN[name]),
      h("span", {}, words),
    );
  place.append(h("div", { class: "choices", role: "radiogroup", "aria-label": "Theme" }, Object.entries(CHOICES).map(choice)));
}
