// Live changes: what the API tells of the user's things, from whichever window or machine it was done.

import { authorization } from "./api.js";
import { ENDED, session } from "./session.js";

const LONGEST_PAUSE = 30_000;
const NAME = "jatify.changes";

/** Tells `analysis.updated`, `application.updated`, `dead_letter.added` and `dead_letter.removed`, each with
 * `detail: {id, state}` or `{id, version}`, and `resync` when some may have been missed: then read anew.
 *
 * A user may have few streams open, so all windows of a browser share one: whoever holds the lock hears and passes on.
 */
class Changes extends EventTarget {
  #running = null;
  #others = null;
  #hearing = false;
  #last = null;

  /** Whether the line is up. */
  live = false;

  begin() {
    this.end();
    const running = new AbortController();
    this.#running = running;
    this.#last = null;
    // Locks are kept from pages that come over plain HTTP from another machine: there each window hears for itself.
    if (!navigator.locks) {
      this.#keepUp(running.signal);
      return;
    }
    this.#others = new BroadcastChannel(NAME);
    this.#others.addEventListener("message", ({ data }) => this.#passed(data));
    this.#others.postMessage({ kind: "hello" });
    navigator.locks.request(NAME, { signal: running.signal }, () => this.#keepUp(running.signal)).catch(() => {});
  }

  end() {
    this.#running?.abort();
    this.#running = null;
    this.#others?.close();
    this.#others = null;
    this.#mark(false);
  }

  async #keepUp(signal) {
    this.#hearing = true;
    let pause = 500;
    while (!signal.aborted && session.open) {
      try {
        if (await this.#hear(signal)) pause = 500;
      } catch (error) {
        if (error.name === "AbortError") break;
      }
      this.#mark(false);
      await new Promise((wake) => setTimeout(wake, pause * (0.5 + Math.random())));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
    this.#hearing = false;
  }

  async #hear(signal) {
    const headers = { ...authorization(), Accept: "text/event-stream" };
    if (this.#last !== null) headers["Last-Event-ID"] = this.#last;
    const answer = await fetch("/api/events", { headers, signal, cache: "no-store" });
    if (answer.status === 401) {
      session.end(ENDED);
      return false;
    }
    if (!answer.ok) return false;
    this.#mark(true);
    if (this.#last === null) {
      this.#last = answer.headers.get("Last-Event-ID");
      // What changed before the line was up was not told.
      this.#tell("resync");
    }
    let rest = "";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      blocks.forEach((block) => this.#read(block));
    }
  }

  #read(block) {
    const told = {};
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) told[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
    }
    if (told.id) this.#last = told.id;
    if (told.event) this.#tell(told.event, JSON.parse(told.data));
  }

  #tell(kind, detail = null) {
    this.#others?.postMessage({ kind, detail, last: this.#last });
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  /** What another window has heard. */
  #passed({ kind, detail, last, live }) {
    if (kind === "hello") {
      if (this.#hearing) this.#others.postMessage({ kind: "line", live: this.live, last: this.#last });
      return;
    }
    if (last !== undefined) this.#last = last;
    if (kind === "line") this.#mark(live);
    else this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  #mark(live) {
    if (this.#hearing) this.#others?.postMessage({ kind: "line", live, last: this.#last });
    if (this.live === live) return;
    this.live = live;
    this.dispatchEvent(new Event("line"));
  }
}

export const changes = new Changes();
