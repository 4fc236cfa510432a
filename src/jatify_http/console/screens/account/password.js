// A new password, which ends all other logins.

import { put } from "../../api.js";
import { h } from "../../dom.js";
import { form } from "../../parts/dialog.js";
import { passwordField } from "../../parts/password.js";
import { say } from "../../parts/toasts.js";
import { session } from "../../session.js";

export function password(place, { news }) {
  const fields = [
    // For password managers, which want to know whose it is.
    h("input", { type: "email", autocomplete: "username", value: session.user.email, readonly: true, hidden: true }),
    h(
      "div",
      { class: "pair" },
      passwordField("Current password", { name: "current_password", autocomplete: "current-password" }),
      passwordField("New password", { name: "new_password", autocomplete: "new-password", hint: "A few unrelated words make a good one." }),
    ),
  ];
  place.append(
    form({}, fields, "Change password", async (given, element) => {
      await put("/api/user/password", given);
      element.reset();
      say("Your password is changed, and all other logins have ended.");
      news.dispatchEvent(new Event("logins"));
    }),
  );
}
