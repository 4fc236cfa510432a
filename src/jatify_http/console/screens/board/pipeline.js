// Everything on the board: all applications of the user, read page by page and kept right as changes are told.

import { get, pages } from "../../api.js";
import { readStatuses } from "../../parts/steps.js";

const ORDER = { sort: "-updated_at" };
const MANY = 20;

/** Tells `placed` with `detail: [application]` when some came or changed, and `gone` with `detail: id`. */
export class Pipeline extends EventTarget {
  #kept = new Map();
  #pretended = new Map();
  #gone = new Map();
  #statuses = new Map();
  #signal;

  constructor(signal) {
    super();
    this.#signal = signal;
  }

  /** All statuses that a column may be for, in the pipeline's order: retired ones only while they are in use. */
  get statuses() {
    return [...this.#statuses.values()].filter((status) => !status.retired || status.in_use > 0);
  }

  get size() {
    return this.#kept.size;
  }

  /** How *id* is shown. */
  get(id) {
    const application = this.#kept.get(id);
    const pretence = this.#pretended.get(id);
    return application && pretence ? { ...application, ...pretence } : application;
  }

  all() {
    return [...this.#kept.keys()].map((id) => this.get(id));
  }

  /** Whether *version* of *id* is no news: of one that went, too, for changes are told a moment late. */
  isPast(id, version) {
    return (this.#kept.get(id)?.version ?? this.#gone.get(id)) >= version;
  }

  /** How *id* was last heard to be. */
  known(id) {
    return this.#kept.get(id);
  }

  /** Each tag in use, in alphabetical order. */
  tags() {
    return [...new Set(this.all().flatMap((application) => application.tags))].sort((a, b) => a.localeCompare(b));
  }

  async readStatuses() {
    const statuses = await readStatuses(this.#signal);
    this.#statuses = new Map(statuses.map((status) => [status.id, status]));
  }

  /** Read all of them, each status in its own row of pages, so that every column has its first cards at once.
   *
   * *readOut(statusId)* hears of each column that is complete.
   */
  async load(readOut = () => {}) {
    const before = new Set(this.#kept.keys());
    await Promise.all(
      [...this.#statuses.keys()].map(async (statusId) => {
        for await (const page of pages("/api/applications", { ...ORDER, status_id: statusId }, { signal: this.#signal })) {
          for (const application of page) before.delete(application.id);
          this.accept(page);
        }
        readOut(statusId);
      }),
    );
    // What was there and is no more; one that was only moved from a row of pages to another meanwhile is still there.
    for (const id of before) await this.reread([id]);
  }

  /** What changed while the board was read, before changes were told: the newest, until there is nothing new. */
  async catchUp() {
    for await (const page of pages("/api/applications", ORDER, { signal: this.#signal })) {
      const news = page.filter((application) => this.#kept.get(application.id)?.version !== application.version);
      this.accept(news);
      if (news.length < page.length) return;
    }
  }

  /** Read these anew, because something about them was told. */
  async reread(ids) {
    if (ids.length > MANY) return this.load();
    await Promise.all(ids.map((id) => this.#readOne(id)));
  }

  async #readOne(id) {
    try {
      this.accept([await get(`/api/applications/${id}`, undefined, { signal: this.#signal })]);
    } catch (problem) {
      if (problem.status !== 404) throw problem;
      this.forget(id);
    }
  }

  /** Take applications as the API gave them; what brings nothing new is left out. */
  accept(applications) {
    const news = applications.filter((one) => !(this.#kept.get(one.id)?.version >= one.version));
    for (const one of news) this.#kept.set(one.id, one);
    this.#tell(news.map(({ id }) => id));
  }

  /** Show *id* with *members* before the API knows of it; answers what ends that, whatever came of it. */
  pretend(id, members) {
    const pretence = { ...members, updated_at: new Date().toISOString() };
    this.#pretended.set(id, pretence);
    this.#tell([id]);
    return () => {
      if (this.#pretended.get(id) !== pretence) return;
      this.#pretended.delete(id);
      this.#tell([id]);
    };
  }

  forget(id) {
    const last = this.#kept.get(id);
    if (!last) return;
    this.#kept.delete(id);
    this.#gone.set(id, last.version);
    this.dispatchEvent(new CustomEvent("gone", { detail: id }));
  }

  #tell(ids) {
    const detail = ids.map((id) => this.get(id)).filter(Boolean);
    if (detail.length > 0) this.dispatchEvent(new CustomEvent("placed", { detail }));
  }
}
