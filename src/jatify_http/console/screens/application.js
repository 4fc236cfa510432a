// One application: where it stands and how it got there, its texts, its listing, and how well a resume fits.

import { all, get, post } from "../api.js";
import { changes } from "../changes.js";
import { Part, h, settled } from "../dom.js";
import { go } from "../frame.js";
import { offerAgain } from "../parts/again.js";
import { autosave } from "../parts/autosave.js";
import { icon } from "../parts/icons.js";
import { complain, say } from "../parts/toasts.js";
import { Tracked } from "../parts/tracked.js";
import { fitPanel } from "./application/fit.js";
import { head } from "./application/head.js";
import { listingPanel } from "./application/listing.js";
import { followUpPanel, resumePanel, tagsPanel } from "./application/side.js";
import { timelinePanel } from "./application/timeline.js";

class ApplicationScreen extends Part {
  #tracked = null;
  #parts = [];
  #leaving = false;

  async opened() {
    this.className = "application";
    this.replaceChildren(h("p", { class: "soft", role: "status" }, "Loading…"));
    try {
      const { signal } = this;
      const [tracked, statuses, resumes] = await Promise.all([
        Tracked.hold(this.given.id, signal),
        get("/api/statuses", { limit: 100 }, { signal }),
        all("/api/resumes", {}, { signal }),
      ]);
      const job = await get(`/api/jobs/${tracked.value.job_id}`, {}, { signal });
      if (signal.aborted) {
        tracked.leave();
        return;
      }
      this.#tracked = tracked;
      this.#draw({ tracked, statuses: statuses.items, resumes, job });
    } catch (problem) {
      if (problem.status === 404) this.#missing();
      else offerAgain(this, problem, () => this.opened());
    }
  }

  closed() {
    this.#tracked?.leave();
    this.#tracked = null;
  }

  /** *known* is what every part is made of: the application as tracked, the statuses, the resumes and the listing. */
  #draw(known) {
    const { drafts } = known.tracked;
    const context = { ...known, remove: () => this.#remove(), signal: this.signal };
    const panels = {
      head: head(context),
      follow: followUpPanel(context),
      timeline: timelinePanel(context),
      resume: resumePanel(context),
      fit: fitPanel(context),
      tags: tagsPanel(context),
      listing: listingPanel(context),
    };
    this.#parts = Object.values(panels);
    this.replaceChildren(
      panels.head.element,
      h(
        "div",
        { class: "application-sides" },
        h(
          "div",
          { class: "application-main" },
          h("section", { class: "panel", "aria-label": "Notes" }, autosave(drafts.notes, "Notes", { heading: true, placeholder: "What you learned, whom you met, what to ask" })),
          panels.listing.element,
          h("section", { class: "panel letter", "aria-label": "Cover letter" }, autosave(drafts.cover_letter, "Cover letter", { heading: true, placeholder: "Write or paste it here" })),
        ),
        h("div", { class: "application-side" }, panels.follow.element, panels.fit.element, panels.timeline.element, panels.resume.element, panels.tags.element),
      ),
    );
    this.#show();
    this.#watch();
  }

  #show() {
    const { value } = this.#tracked;
    document.title = `${value.job.position}, ${value.job.company} · Jatify`;
    for (const part of this.#parts) part.show(value);
  }

  #watch() {
    const tracked = this.#tracked;
    this.listen(tracked, "change", () => this.#show());
    const readSoon = settled(() => this.#readAgain(), 250);
    this.listen(changes, "application.updated", ({ detail }) => {
      if (detail.id !== tracked.id) return;
      if (detail.state === "deleted") this.#gone();
      else if (detail.version > tracked.value.version) readSoon();
    });
    this.listen(changes, "analysis.updated", readSoon);
    this.listen(changes, "resync", readSoon);
  }

  async #readAgain() {
    try {
      await this.#tracked?.read(this.signal);
    } catch (problem) {
      if (problem.status === 404) this.#gone();
      else complain(problem);
    }
  }

  async #remove() {
    const { id, value } = this.#tracked;
    try {
      await Promise.all(Object.values(this.#tracked.drafts).map((draft) => draft.save()));
      this.#leaving = true;
      await this.#tracked.drop();
    } catch (problem) {
      this.#leaving = false;
      complain(problem);
      return;
    }
    go("board");
    say(`${value.job.position} at ${value.job.company} was deleted.`, { undo: () => restored(id) });
  }

  /** Deleted in another window, while it is shown here. */
  #gone() {
    if (this.#leaving || this.querySelector(".gone")) return;
    const back = async () => {
      try {
        await restored(this.#tracked.id);
      } catch (problem) {
        complain(problem);
      }
    };
    this.prepend(
      h(
        "div",
        { class: "notice warn gone row", role: "alert" },
        h("p", {}, "This application was deleted in another window."),
        h("button", { type: "button", class: "button small", onclick: back }, "Restore it"),
      ),
    );
  }

  #missing() {
    this.replaceChildren(
      h(
        "div",
        { class: "empty" },
        icon("search"),
        h("h1", {}, "There is no such application"),
        h("p", {}, "It may have been deleted."),
        h("a", { class: "button", href: "#/board" }, "To the board"),
      ),
    );
  }
}

/** Take a deletion back and go there. */
async function restored(id) {
  await post(`/api/applications/${id}/restore`);
  if (location.hash.startsWith(`#/application/${id}`)) window.dispatchEvent(new HashChangeEvent("hashchange"));
  else go("application", id);
}

customElements.define("jatify-application", ApplicationScreen);
