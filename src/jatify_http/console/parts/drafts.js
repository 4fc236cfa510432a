// Drafts: what was typed and the server does not have yet. This browser keeps it until the server has it.

import { Problem, patch } from "../api.js";
import { changes } from "../changes.js";
import { session } from "../session.js";
import { keep, kept, ownPlace } from "./keeping.js";

const KIND = "draft";
const PAUSE = 800;
const LONGEST_PAUSE = 30_000;
const ANSWER_TIME = 150;
const TRIES = 4;
const page = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(36)).join("");
const others = new BroadcastChannel(`jatify.${KIND}`);
const heard = new Set();

others.addEventListener("message", ({ data }) => {
  if (data === "who") others.postMessage(page);
  else heard.add(data);
});

/** The text of one *member* of an application, while it is being written.
 *
 * `text` is what was typed, `base` what the server had when it was; `theirs` is the server's other text, while it and
 * the typed one are at odds. `state` is one of saved, waiting, saving, offline, refused and conflict; each change of
 * any of them is told as `change`.
 */
export class Draft extends EventTarget {
  #tracked;
  #life = new AbortController();
  #owner = session.user?.id;
  #sent = null;
  #timer = 0;
  #pause = PAUSE;
  #saving = null;
  text;
  base;
  theirs = null;
  state = "saved";
  trouble = "";

  /** *most* is how many characters the server takes. */
  constructor(tracked, member, most) {
    super();
    this.#tracked = tracked;
    this.member = member;
    this.most = most;
    this.text = this.base = tracked.value[member] ?? "";
    const { signal } = this.#life;
    tracked.addEventListener("change", () => this.#seen(tracked.value[member] ?? ""), { signal });
    window.addEventListener("online", () => this.save(), { signal });
    changes.addEventListener("line", () => changes.live && this.save(), { signal });
  }

  get unsaved() {
    return this.text !== this.base;
  }

  /** This was typed: keep it at once, send it when the typing rests. */
  type(text) {
    this.text = text;
    this.#keep();
    if (this.theirs !== null) return;
    this.#mark(this.unsaved ? "waiting" : "saved");
    this.#later(PAUSE);
  }

  /** Send what is typed and not sent; answers when that is done, one way or the other. */
  save({ keepalive = false } = {}) {
    clearTimeout(this.#timer);
    // Nobody else's login sends it: it waits for its writer's.
    if (!this.unsaved || this.theirs !== null || session.user?.id !== this.#owner) return this.#saving ?? Promise.resolve();
    if (this.#refusedLength()) return Promise.resolve();
    this.#saving ??= this.#send(keepalive).finally(() => {
      this.#saving = null;
      // What was typed meanwhile.
      if (this.unsaved && this.state === "waiting") this.#later(PAUSE);
    });
    return this.#saving;
  }

  /** Nobody looks at it any more. */
  end() {
    clearTimeout(this.#timer);
    this.#life.abort();
  }

  /** End a conflict with *text*: mine, or both put together. */
  settle(text) {
    this.base = this.theirs;
    this.theirs = null;
    this.text = text;
    this.#keep();
    this.#mark(this.unsaved ? "waiting" : "saved");
    return this.save();
  }

  /** End a conflict with the server's text; answers how to take that back. */
  yield() {
    const mine = this.text;
    this.text = this.base = this.theirs;
    this.theirs = null;
    this.#keep();
    this.#mark("saved");
    return () => {
      this.type(mine);
      return this.save();
    };
  }

  /** Take over what a page that is gone left behind, the newest first. */
  async inherit() {
    for (const left of await abandoned(keyOf(this.#owner, this.#tracked.id, this.member))) {
      if (this.unsaved) return;
      localStorage.removeItem(left.key);
      if (left.text === this.base || left.text === left.base) continue;
      this.text = left.text;
      if (left.base === this.base || left.sent === this.base) this.#mark("waiting");
      else {
        this.theirs = this.base;
        this.base = left.base;
        this.#mark("conflict");
      }
      this.#keep();
      await this.save();
    }
  }

  #refusedLength() {
    const over = [...this.text].length - this.most;
    if (over <= 0) return false;
    this.trouble = `${over.toLocaleString("en")} characters too many.`;
    this.#mark("refused");
    return true;
  }

  async #send(keepalive) {
    const slow = setTimeout(() => this.#mark("saving"), 400);
    try {
      for (let attempt = 1; this.unsaved && this.theirs === null; attempt += 1) {
        if (await this.#sendOnce(keepalive, attempt)) break;
      }
      this.#pause = PAUSE;
      if (this.theirs === null) this.#mark(this.unsaved ? "waiting" : "saved");
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem;
      this.#failed(problem);
    } finally {
      clearTimeout(slow);
    }
  }

  async #sendOnce(keepalive, attempt) {
    const { id } = this.#tracked;
    try {
      await this.#tracked.inTurn((current) => {
        // Seen on the way here, told as a conflict already.
        if ((current[this.member] ?? "") !== this.base) return current;
        this.#sent = this.text;
        this.#keep();
        return patch(`/api/applications/${id}`, { [this.member]: this.text || null }, { version: current.version, keepalive });
      });
      return true;
    } catch (problem) {
      if (problem.status !== 412 || attempt === TRIES) throw problem;
      // Somebody changed the application: if not this text, it is sent again on top of that.
      await this.#tracked.read();
      return false;
    }
  }

  #failed(problem) {
    const passing = problem.status === 0 || problem.status === 412 || problem.status === 429 || problem.status >= 500;
    this.trouble = passing ? "" : problem.words;
    this.#mark(passing ? "offline" : "refused");
    if (!passing) return;
    this.#pause = Math.min(this.#pause * 2, LONGEST_PAUSE);
    this.#later(this.#pause);
  }

  #seen(text) {
    if (text === this.#sent) {
      this.base = text;
      this.#sent = null;
    }
    if (text === this.text || !this.unsaved) {
      this.text = this.base = text;
      this.theirs = null;
      this.#mark("saved");
    } else if (text !== this.base) {
      this.theirs = text;
      this.#mark("conflict");
    } else if (this.theirs !== null) {
      this.theirs = null;
      this.#mark("waiting");
      this.#later(PAUSE);
    }
    this.#keep();
  }

  #later(pause) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.save(), pause);
  }

  #keep() {
    const key = keyOf(this.#owner, this.#tracked.id, this.member, page);
    keep(key, this.unsaved ? { text: this.text, base: this.base, sent: this.#sent, at: Date.now() } : null);
  }

  #mark(state) {
    this.state = state;
    this.dispatchEvent(new Event("change"));
  }
}

/** The ids of the applications for which this browser keeps something that a page that is gone left behind. */
export async function waiting() {
  const own = `${ownPlace(KIND)}.`;
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(own));
  if (!keys.length) return [];
  const alive = await present();
  return [...new Set(keys.filter((key) => !alive.has(key.split(".").at(-1))).map((key) => key.split(".")[3]))];
}

function keyOf(user, id, member, writer = "") {
  return ownPlace(KIND, { user, rest: [id, member, writer] });
}

async function abandoned(stem) {
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(stem) && !key.endsWith(`.${page}`));
  if (!keys.length) return [];
  const alive = await present();
  // Some may have been taken up meanwhile.
  const left = keys.filter((key) => !alive.has(key.split(".").at(-1)) && localStorage.getItem(key) !== null);
  return left.map((key) => ({ key, ...kept(key) })).sort((one, other) => other.at - one.at);
}

let asking = null;

/** The pages that are open now: those answer, and whatever they have left unsent is theirs. */
function present() {
  asking ??= asked().finally(() => (asking = null));
  return asking;
}

async function asked() {
  heard.clear();
  heard.add(page);
  others.postMessage("who");
  await new Promise((wake) => setTimeout(wake, ANSWER_TIME));
  return new Set(heard);
}
