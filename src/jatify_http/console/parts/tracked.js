// One application as the page knows it: read, changed in turn, and with the drafts of its texts.

import { Problem, ask, get, remove } from "../api.js";
import { Draft, waiting } from "./drafts.js";

/** The texts, and how long each may be. */
const WRITTEN = { notes: 40_000, cover_letter: 40_000, follow_up_note: 500 };
const known = new Map();

/** An application: `value` is as it was last read; each new reading is told as `change`, its end as `gone`. */
export class Tracked extends EventTarget {
  #turns = Promise.resolve();
  #holders = 0;
  value = null;
  drafts = null;

  constructor(id) {
    super();
    this.id = id;
  }

  /** The application *id*, read and held until `leave()`: the same one for all who hold it. */
  static async hold(id, signal) {
    const tracked = known.get(id) ?? new Tracked(id);
    tracked.#holders += 1;
    // Before it is read: whoever asks meanwhile holds the same one, with the same drafts.
    known.set(id, tracked);
    try {
      await tracked.read(signal);
    } catch (problem) {
      tracked.leave();
      throw problem;
    }
    return tracked;
  }

  /** Held no more: what is typed goes to the server now, or as soon as it can be reached. */
  async leave() {
    this.#holders -= 1;
    const drafts = Object.values(this.drafts ?? {});
    await Promise.all(drafts.map((draft) => draft.save()));
    if (this.#holders || drafts.some((draft) => draft.unsaved)) return;
    for (const draft of drafts) draft.end();
    known.delete(this.id);
  }

  read(signal) {
    return this.inTurn(() => get(`/api/applications/${this.id}`, {}, { signal }));
  }

  /** Change it: *path* is below the application's, and what is answered is how it reads then.
   *
   * If something else of it was changed in another window, that makes no difference.
   */
  async change(method, path, body) {
    const touched = path ? ["history"] : Object.keys(body);
    const reads = () => JSON.stringify(touched.map((name) => this.value[name]));
    const before = reads();
    try {
      return await this.#changeOnce(method, path, body);
    } catch (problem) {
      if (problem.status !== 412) throw problem;
    }
    await this.read();
    if (reads() !== before) throw new Problem(412, { detail: "It was changed in another window. Look at it, and try again." });
    return this.#changeOnce(method, path, body);
  }

  #changeOnce(method, path, body) {
    return this.inTurn(async ({ version }) => {
      const answer = await ask(method, `/api/applications/${this.id}${path}`, { body, version });
      return answer.body ?? get(`/api/applications/${this.id}`);
    });
  }

  /** Delete it. */
  async drop() {
    await this.#turns;
    await remove(`/api/applications/${this.id}`);
  }

  /** One after the other: a change is made to what the one before it answered. */
  inTurn(act) {
    const turn = this.#turns.then(async () => this.#take(await act(this.value)));
    this.#turns = turn.catch(() => {});
    return turn;
  }

  #take(value) {
    if (value === this.value) return value;
    this.value = value;
    this.drafts ??= Object.fromEntries(Object.entries(WRITTEN).map(([member, most]) => [member, new Draft(this, member, most)]));
    this.dispatchEvent(new Event("change"));
    return value;
  }
}

/** Send what pages that are gone left behind in this browser. */
export async function sendLeft() {
  for (const id of await waiting()) {
    try {
      const tracked = await Tracked.hold(id);
      await Promise.all(Object.values(tracked.drafts).map((draft) => draft.inherit()));
      await tracked.leave();
    } catch {
      // Deleted, or out of reach: it is kept, and taken up when the application is opened.
    }
  }
}
