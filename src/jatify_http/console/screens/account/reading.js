// What a section of the account reads: told in its place, also that it could not be read.

import { Problem, get } from "../../api.js";
import { h } from "../../dom.js";
import { complain } from "../../parts/toasts.js";

/** Have *read* give something to *draw*; a refusal is told in *place*, with a button that tries again. */
export async function readInto(place, read, draw) {
  try {
    draw(await read());
  } catch (problem) {
    if (!(problem instanceof Problem) || problem.status === 401) {
      complain(problem);
      return;
    }
    place.replaceChildren(
      h(
        "div",
        { class: "notice bad row", role: "alert" },
        h("p", {}, problem.words),
        h("button", { type: "button", class: "button small", onclick: () => readInto(place, read, draw) }, "Try again"),
      ),
    );
  }
}

/** A list that is read a page at a time: the newest first, others when they are asked for. */
export class Paged {
  #path;
  #size;
  #signal;
  #cursor = null;
  items = [];

  constructor(path, size, signal) {
    this.#path = path;
    this.#size = size;
    this.#signal = signal;
  }

  get more() {
    return this.#cursor !== null;
  }

  /** Read from the start again, as many pages' worth as were shown, up to a hundred items. */
  async again() {
    const limit = Math.min(100, Math.max(this.#size, this.items.length));
    const page = await get(this.#path, { limit }, { signal: this.#signal });
    this.items = page.items;
    this.#cursor = page.next_cursor;
    return this;
  }

  async next() {
    const page = await get(this.#path, { limit: this.#size, cursor: this.#cursor }, { signal: this.#signal });
    this.items = [...this.items, ...page.items];
    this.#cursor = page.next_cursor;
    return this;
  }
}

/** The button that reads on in *list*, or nothing at its end. */
export function moreOf(list, draw) {
  const read = async () => {
    try {
      draw(await list.next());
    } catch (problem) {
      complain(problem);
    }
  };
  return list.more ? h("button", { type: "button", class: "button small quiet", dataset: { key: "more" }, onclick: read }, "Show more") : null;
}
