// The newest score of each listing, as far as it costs little to know: of the newest analyses of each resume.

import { get } from "../../api.js";

const NEWEST = 50;

/** Tells `known` with `detail: jobId` when a score has come. */
export class Scores extends EventTarget {
  #kept = new Map();
  #signal;

  constructor(signal) {
    super();
    this.#signal = signal;
  }

  of(jobId) {
    return this.#kept.get(jobId)?.score;
  }

  /** Read those of *resumes*, one after the other: they may wait, the board does not. */
  async read(resumes) {
    for (const resume of resumes) {
      const { items } = await get(`/api/resumes/${resume.id}/analyses`, { limit: NEWEST }, { signal: this.#signal });
      for (const analysis of items) this.#keep(analysis);
    }
  }

  /** One has succeeded just now. */
  async hear(analysisId) {
    try {
      this.#keep(await get(`/api/analyses/${analysisId}`, undefined, { signal: this.#signal }));
    } catch (problem) {
      if (problem.status !== 404) throw problem;
    }
  }

  #keep({ job_id, score, state, finished_at }) {
    if (state !== "succeeded" || job_id === null || this.#kept.get(job_id)?.finished_at >= finished_at) return;
    this.#kept.set(job_id, { score, finished_at });
    this.dispatchEvent(new CustomEvent("known", { detail: job_id }));
  }
}
