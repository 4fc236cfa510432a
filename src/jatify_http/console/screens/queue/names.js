// What the resumes and jobs of a queue are called, each asked for once.

import { get } from "../../api.js";

/** Names by id, learnt as places of the queue come by. */
export class Names {
  #resumes = new Map();
  #jobs = new Map();

  /** Learn what *places* need; what has been deleted meanwhile stays without a name. */
  async learn(places, signal) {
    const wanted = new Map();
    for (const { resume_id, job_id } of places) {
      if (resume_id && !this.#resumes.has(resume_id)) wanted.set(`/api/resumes/${resume_id}`, (it) => this.#resumes.set(resume_id, it?.name));
      if (job_id && !this.#jobs.has(job_id)) wanted.set(`/api/jobs/${job_id}`, (it) => this.#jobs.set(job_id, it && `${it.position} at ${it.company}`));
    }
    await Promise.all([...wanted].map(async ([path, keep]) => keep(await found(path, signal))));
  }

  /** What a place is about, in words. */
  of({ resume_id, job_id }) {
    const job = job_id ? (this.#jobs.get(job_id) ?? "a job that is gone") : "a general review";
    return `${this.#resumes.get(resume_id) ?? "A resume that is gone"}, for ${job}`;
  }
}

async function found(path, signal) {
  try {
    return await get(path, {}, { signal });
  } catch (problem) {
    if (problem.status !== 404) throw problem;
    return null;
  }
}
