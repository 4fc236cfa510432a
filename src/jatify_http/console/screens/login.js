// The way in: log in, or make an account.

import { post } from "../api.js";
import { Part, h } from "../dom.js";
import { session } from "../session.js";
import { field, form } from "../parts/dialog.js";
import { icon } from "../parts/icons.js";
import { passwordField } from "../parts/password.js";

class Login extends Part {
  #new = false;
  #typed = {};

  opened() {
    this.#draw();
  }

  #draw() {
    document.title = this.#new ? "Create an account · Jatify" : "Log in · Jatify";
    this.replaceChildren(
      h(
        "main",
        { class: "login-page" },
        h("div", { class: "login-pitch" }, this.#pitch()),
        h("div", { class: "login-card" }, h("h2", {}, this.#new ? "Create your account" : "Log in"), this.#form(), this.#other()),
      ),
    );
    const inputs = [...this.querySelectorAll("input")];
    (inputs.find((input) => !input.value) ?? inputs[0]).focus();
  }

  #pitch() {
    const points = [
      ["board", "Every application in its place, with what to do next."],
      ["match", "How well your resume fits, why, and what to change."],
      ["numbers", "What works: answers by source, by resume and by week."],
    ];
    return [
      h("p", { class: "brand" }, h("img", { src: "/console/icon.svg", alt: "", width: 40, height: 40 }), "Jatify"),
      h("h1", {}, "Your job search, on your own machine."),
      h("ul", {}, points.map(([drawing, words]) => h("li", {}, icon(drawing), words))),
    ];
  }

  #form() {
    const typed = this.#typed;
    const about = [
      this.#new && field("Name", { name: "name", required: true, maxlength: 200, autocomplete: "name", value: typed.name }),
      field("E-mail", { name: "email", type: "email", required: true, autocomplete: "username", inputmode: "email", value: typed.email }),
      passwordField("Password", {
        name: "password",
        autocomplete: this.#new ? "new-password" : "current-password",
        hint: this.#new ? "A few unrelated words make a good one." : "",
        value: typed.password,
      }),
    ];
    const words = h("p", { class: "notice", role: "status" }, session.farewell);
    return form({ class: "login" }, [session.farewell && words, about], this.#new ? "Create account" : "Log in", async (given) => {
      if (this.#new) await post("/api/auth/register", given);
      session.begin(await post("/api/auth/login", { email: given.email, password: given.password }));
    });
  }

  #other() {
    const turn = () => {
      this.#new = !this.#new;
      // What was typed for the one is there for the other.
      this.#typed = { ...this.#typed, ...Object.fromEntries(new FormData(this.querySelector("form"))) };
      this.#draw();
    };
    const words = this.#new ? "I have an account" : "Create an account";
    return h("p", { class: "login-other" }, h("button", { type: "button", class: "button quiet", onclick: turn }, words));
  }
}

customElements.define("jatify-login", Login);
