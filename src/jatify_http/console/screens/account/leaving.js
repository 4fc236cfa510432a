// The ways out: the end of this login, and the end of the account.

import { Problem, post, remove } from "../../api.js";
import { h } from "../../dom.js";
import { field, form, openDialog } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { forget } from "../../parts/keeping.js";
import { passwordField } from "../../parts/password.js";
import { complain } from "../../parts/toasts.js";
import { session } from "../../session.js";
import { everythingButton } from "./exporting.js";

const GOES = [
  "Your applications with their history, notes and cover letters",
  "Your listings, resumes and their files, and all analyses",
  "Your statuses, the calendar link, and every login",
];

export function leaving(place) {
  place.append(
    h("p", {}, "Deleting the account removes everything in it at once and for good."),
    h("div", { class: "row" }, h("button", { type: "button", class: "button danger", onclick: openFarewell }, icon("trash"), "Delete my account")),
  );
}

/** The button that ends this login. */
export function logoutButton() {
  return h("button", { type: "button", class: "button", onclick: logOut }, icon("leave"), "Log out");
}

async function logOut() {
  try {
    await post("/api/auth/logout");
    session.end("You are logged out.");
  } catch (problem) {
    complain(problem);
  }
}

async function openFarewell() {
  const { id, email } = session.user;
  const gone = await openDialog("Delete your account", (close) => [
    h("p", {}, "This goes, and nobody can bring it back:"),
    h("ul", { class: "goes" }, GOES.map((words) => h("li", {}, words))),
    h("div", { class: "notice row" }, h("p", {}, "You may want to take it along first."), everythingButton("small")),
    farewellForm(email, close),
  ]);
  if (!gone) return;
  session.end("Your account is deleted, and nothing of it is left here.");
  forget(id);
}

function farewellForm(email, close) {
  const fields = [
    field("Type your e-mail to confirm", { name: "email", autocomplete: "off", autocapitalize: "off", spellcheck: "false", inputmode: "email", hint: email }),
    passwordField("Your password", { name: "password", autocomplete: "current-password" }),
  ];
  const element = form({}, fields, "Delete everything", async ({ email: typed, password }) => {
    if (typed.trim().toLowerCase() !== email.toLowerCase()) {
      throw new Problem(422, { errors: [{ pointer: "/email", message: `This is not ${email}.` }] });
    }
    await remove("/api/user", { body: { password } });
    close(true);
  });
  const button = element.querySelector(".actions .button");
  button.className = "button danger";
  button.before(h("button", { type: "button", class: "button", onclick: () => close(false) }, "Cancel"));
  return element;
}
