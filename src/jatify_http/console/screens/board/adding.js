// One line for a new application: company, position, Enter, and the next one.

import { post, remove } from "../../api.js";
import { Part, h } from "../../dom.js";
import { choices } from "../../parts/dialog.js";
import { icon } from "../../parts/icons.js";
import { complain } from "../../parts/toasts.js";
import { twinsNotice } from "../../parts/twins.js";

/** `statuses` are the columns to add to. Tells `added` with `detail: {application, undo}`. */
class Adding extends Part {
  statuses = [];
  #company = h("input", { class: "input", name: "company", placeholder: "Company", "aria-label": "Company", maxlength: 200, required: true, autocomplete: "off" });
  #position = h("input", { class: "input", name: "position", placeholder: "Position", "aria-label": "Position", maxlength: 200, required: true, autocomplete: "off" });
  #status = h("select", { class: "input", name: "status_id", "aria-label": "Add to" });
  #said = h("div", { role: "status" });
  #job = null;
  #before = null;

  #form() {
    const form = h(
      "form",
      { class: "board-adding", novalidate: true, "aria-label": "Add an application", onsubmit: (event) => this.#send(event) },
      this.#company,
      this.#position,
      this.#status,
      h("button", { class: "button primary" }, "Add"),
      h("button", { type: "button", class: "icon-button", "aria-label": "Close", onclick: () => this.#leave() }, icon("close")),
    );
    form.addEventListener("keydown", (event) => event.key === "Escape" && this.#leave());
    return form;
  }

  /** Show it, with what was typed when it was left, for new ones in *statusId*. */
  begin(statusId) {
    const open = this.statuses.filter((status) => !status.retired);
    this.#status.replaceChildren(...choices(open.map(({ id, label }) => [id, `in ${label}`]), statusId));
    if (!this.contains(document.activeElement)) this.#before = document.activeElement;
    if (this.childElementCount === 0) this.replaceChildren(this.#form(), this.#said);
    this.#company.focus();
  }

  #leave() {
    this.#said.replaceChildren();
    this.replaceChildren();
    if (this.#before?.isConnected) this.#before.focus();
  }

  async #send(event) {
    event.preventDefault();
    const empty = [this.#company, this.#position].find((field) => field.value.trim() === "");
    if (empty) return empty.focus();
    const form = event.target;
    if (form.getAttribute("aria-busy") === "true") return;
    form.setAttribute("aria-busy", "true");
    const given = [this.#company.value, this.#position.value];
    try {
      await this.#add(given[0].trim(), given[1].trim(), this.#status.value);
      // What was typed meanwhile is the next one's.
      if (this.#company.value === given[0]) this.#company.value = "";
      if (this.#position.value === given[1]) this.#position.value = "";
      this.#company.focus();
    } catch (problem) {
      complain(problem);
    } finally {
      form.removeAttribute("aria-busy");
    }
  }

  async #add(company, position, statusId) {
    // Where the listing was made and the application was not, trying again makes no second listing.
    if (this.#job?.company !== company || this.#job.position !== position) {
      this.#job = await post("/api/jobs", { company, position });
    }
    const job = this.#job;
    const application = await post("/api/applications", { job_id: job.id, status_id: statusId });
    this.#job = null;
    this.#said.replaceChildren(twinsNotice(job.possible_duplicates) ?? "");
    const undo = () => unmade(application.id, job.id);
    this.dispatchEvent(new CustomEvent("added", { detail: { application, undo } }));
  }
}

/** Take back what was just made: the application, and its listing if nothing else needs it. */
export async function unmade(applicationId, jobId) {
  await remove(`/api/applications/${applicationId}`);
  await remove(`/api/jobs/${jobId}`).catch((problem) => {
    if (problem.status !== 409 && problem.status !== 404) throw problem;
  });
}

customElements.define("board-adding", Adding);
