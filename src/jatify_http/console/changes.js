// Live changes: what the API tells of the user's things, from whichever window or machine it was done.

import { authorization } from "./api.js";
import { ENDED, session } from "./session.js";

const LONGEST_PAUSE = 30_000;

/** Tells `analysis.updated`, `application.updated`, `dead_letter.added` and `dead_letter.removed`, each with
 * `detail: {id, state}` or `{id, version}`, and `resync` when some may have been missed: then read anew. */
class Changes extends EventTarget {
  #running = null;
  #last = null;

  /** Whether the line is up. */
  live = false;

  begin() {
    this.end();
    this.#running = new AbortController();
    this.#last = null;
    this.#keepUp(this.#running.signal);
  }

  end() {
    this.#running?.abort();
    this.#running = null;
    this.#mark(false);
  }

  async #keepUp(signal) {
    let pause = 500;
    while (!signal.aborted && session.open) {
      try {
        if (await this.#hear(signal)) pause = 500;
      } catch (error) {
        if (error.name === "AbortError") return;
      }
      this.#mark(false);
      await new Promise((wake) => setTimeout(wake, pause * (0.5 + Math.random())));
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    }
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
      this.dispatchEvent(new Event("resync"));
    }
    let rest = "";
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return true;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      blocks.forEach((block) => this.#tell(block));
    }
  }

  #tell(block) {
    const told = {};
    for (const line of block.split("\n")) {
      const colon = line.indexOf(":");
      if (colon > 0) told[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
    }
    if (told.id) this.#last = told.id;
    if (told.event) this.dispatchEvent(new CustomEvent(told.event, { detail: JSON.parse(told.data) }));
  }

  #mark(live) {
    if (this.live === live) return;
    this.live = live;
    this.dispatchEvent(new Event("line"));
  }
}

export const changes = new Changes();
