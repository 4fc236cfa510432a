// How well a resume fits a job, or stands on its own: choose both, check, and see why, word by word.

import { all, get, post } from "../api.js";
import { changes } from "../changes.js";
import { Part, h, settled } from "../dom.js";
import { addressOf } from "../frame.js";
import { offerAgain } from "../parts/again.js";
import { complain } from "../parts/toasts.js";
import { jobPanel } from "./match/job.js";
import { outcome } from "./match/outcome.js";
import { resumesPanel } from "./match/resumes.js";

const LOOKED_AT = 30;
const PAGES = 5;

class Match extends Part {
  #resumes = [];
  #resume = null;
  #job = null;
  #checks = [];
  #shown = null;
  #panels = {};
  #reading = 0;
  #changed = settled(() => this.#readChecks(), 400);

  async opened() {
    this.className = "match";
    this.replaceChildren(h("p", { class: "soft", role: "status" }, "Loading…"));
    try {
      await this.#begin();
    } catch (problem) {
      offerAgain(this, problem, () => this.opened());
    }
  }

  async #begin() {
    const { query } = this.given;
    const { signal } = this;
    this.#resumes = await all("/api/resumes", {}, { signal });
    const asked = query.get("analysis") ? await this.#found(`/api/analyses/${query.get("analysis")}`) : null;
    const job = asked ? asked.job_id : query.get("job");
    const resume = asked?.resume_id ?? query.get("resume");
    this.#job = job ? await this.#found(`/api/jobs/${job}`) : null;
    this.#resume = this.#resumes.find((one) => one.id === resume) ?? this.#resumes[0] ?? null;
    this.#draw();
    this.#watch();
    await this.#readChecks(asked?.id);
  }

  /** What stands at *path*, null if it is gone: old links lead there. */
  async #found(path) {
    try {
      return await get(path, {}, { signal: this.signal });
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      return null;
    }
  }

  #draw() {
    const { signal } = this;
    this.#panels.resumes = resumesPanel({ signal, choose: (one) => this.#choose({ resume: one }), kept: (resumes) => this.#keep(resumes) });
    this.#panels.job = jobPanel({ signal, choose: (job) => this.#choose({ job }), check: (given) => this.#check(given) });
    this.#panels.outcome = outcome({
      signal,
      check: (given) => this.#check(given),
      open: (one) => this.#open(one),
      dropped: (id) => this.#dropped(id),
      cancelled: () => this.#changed(),
    });
    this.replaceChildren(
      h(
        "div",
        { class: "screen-head" },
        h("div", {}, h("h1", {}, "Match"), h("p", { class: "soft" }, "How well a resume fits a job, why, and what to change.")),
      ),
      h("div", { class: "match-choice" }, this.#panels.resumes.element, this.#panels.job.element),
      this.#panels.outcome.element,
    );
    this.#show();
  }

  #show() {
    this.#panels.resumes.show(this.#resumes, this.#resume);
    this.#panels.job.show(this.#resume, this.#job, this.#shown);
    this.#panels.outcome.show({ resume: this.#resume, job: this.#job, analysis: this.#shown, checks: this.#checks });
  }

  #watch() {
    this.listen(changes, "analysis.updated", ({ detail }) => {
      if (detail.id === this.#shown?.id && detail.state !== "deleted") this.#readShown(detail.id);
      else this.#changed();
    });
    this.listen(changes, "resync", () => this.#changed());
  }

  #keep(resumes) {
    this.#resumes = resumes;
    const chosen = resumes.find((one) => one.id === this.#resume?.id);
    if (chosen) {
      this.#resume = chosen;
      this.#show();
    } else this.#choose({ resume: resumes[0] ?? null });
  }

  #choose({ resume = this.#resume, job = this.#job }) {
    const same = resume?.id === this.#resume?.id && job?.id === this.#job?.id;
    this.#resume = resume;
    this.#job = job;
    if (!same) {
      this.#checks = [];
      this.#shown = null;
    }
    const query = { ...(resume && { resume: resume.id }), ...(job && { job: job.id }) };
    // Not by `location`: the screen stays as it is.
    history.replaceState(null, "", addressOf("match", "", query));
    this.#show();
    if (!same) this.#readChecks();
  }

  /** The checks of this resume against this job, newest first; *wanted* is shown if it is among them. */
  async #readChecks(wanted = undefined) {
    if (!this.#resume) return;
    this.#reading += 1;
    const turn = this.#reading;
    const [resume, job] = [this.#resume.id, this.#job?.id ?? null];
    try {
      const found = [];
      let cursor = null;
      for (let page = 0; page < PAGES && (page === 0 || (cursor && !found.length)); page += 1) {
        const read = await get(`/api/resumes/${resume}/analyses`, { limit: LOOKED_AT, cursor }, { signal: this.signal });
        found.push(...read.items.filter((one) => one.job_id === job));
        cursor = read.next_cursor;
      }
      if (turn !== this.#reading) return;
      const before = this.#checks[0]?.id;
      this.#checks = found;
      const kept = found.find((one) => one.id === (wanted ?? this.#shown?.id));
      this.#shown = kept && (wanted || kept.id !== before || found[0].id === before) ? kept : (found[0] ?? null);
      this.#show();
    } catch (problem) {
      complain(problem);
    }
  }

  async #readShown(id) {
    try {
      const read = await get(`/api/analyses/${id}`, {}, { signal: this.signal });
      this.#took(read);
    } catch (problem) {
      complain(problem);
    }
  }

  #took(analysis) {
    if (analysis.resume_id !== this.#resume?.id || analysis.job_id !== (this.#job?.id ?? null)) return;
    const others = this.#checks.filter((one) => one.id !== analysis.id);
    this.#checks = [...others, analysis].sort((one, other) => (one.created_at < other.created_at ? 1 : -1));
    if (this.#shown?.id === analysis.id || this.#checks[0].id === analysis.id) this.#shown = analysis;
    this.#show();
  }

  async #check({ force = false } = {}) {
    try {
      const job_id = this.#job?.id ?? null;
      const analysis = await post(`/api/resumes/${this.#resume.id}/analyze`, { job_id, force }, { signal: this.signal });
      this.#shown = null;
      this.#took(analysis);
      this.#panels.outcome.reveal();
    } catch (problem) {
      complain(problem);
    }
  }

  #open(analysis) {
    this.#shown = analysis;
    this.#show();
    this.#panels.outcome.reveal();
  }

  #dropped(id) {
    this.#checks = this.#checks.filter((one) => one.id !== id);
    if (this.#shown?.id === id) this.#shown = this.#checks[0] ?? null;
    this.#show();
  }
}

customElements.define("jatify-match", Match);
