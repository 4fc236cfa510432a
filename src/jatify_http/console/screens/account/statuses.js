// The statuses of one's own pipeline: their names and order, new ones, and those that are out of use.

import { get, patch, put, remove } from "../../api.js";
import { changes } from "../../changes.js";
import { h, settled } from "../../dom.js";
import { confirmed } from "../../parts/dialog.js";
import { redraw } from "../../parts/redraw.js";
import { complain, say } from "../../parts/toasts.js";
import { readInto } from "./reading.js";
import { addForm, editStatus } from "./status-forms.js";
import { statusRow } from "./status-row.js";

const PATH = "/api/statuses";

/** The editor. Each change is sent at once; the order as often as the server has taken the last one. */
export function statuses(place, { signal, news }) {
  const editor = new Editor(place, signal);
  const again = settled(() => editor.load(), 800);
  // Counts of use follow the applications.
  for (const kind of ["application.updated", "resync"]) changes.addEventListener(kind, again, { signal });
  news.addEventListener("applications", again, { signal });
  editor.load();
}

class Editor {
  #signal;
  #list = [];
  #moves = 0;
  #sending = false;
  #sent = Promise.resolve();
  #box = h("div", { class: "stack" });
  #said = h("p", { class: "visually-hidden", role: "status" });

  constructor(place, signal) {
    this.#signal = signal;
    place.append(this.#box, addForm(() => this.load()), this.#said);
  }

  load() {
    const moves = this.#moves;
    return readInto(this.#box, () => get(PATH, { limit: 100 }, { signal: this.#signal }), ({ items }) => {
      // An order that was made meanwhile is newer than what comes from the server.
      if (this.#sending || moves !== this.#moves) return;
      this.#list = items;
      this.#draw();
    });
  }

  get #used() {
    return this.#list.filter((status) => !status.retired);
  }

  #draw() {
    const used = this.#used;
    const retired = this.#list.filter((status) => status.retired);
    const acts = {
      move: (status, by) => this.#move(status, by),
      edit: (status) => this.#edit(status),
      retire: (status, on) => this.#retire(status, on),
      drop: (status) => this.#drop(status),
    };
    redraw(
      this.#box,
      h("ol", { class: "statuses" }, used.map((status, index) => statusRow(status, { first: index === 0, last: index === used.length - 1 }, acts))),
      retired.length > 0 && [
        h("h3", { class: "statuses-retired" }, "Retired"),
        h("p", { class: "soft" }, "Nothing can be moved there any more. Where one was used it stays."),
        h("ul", { class: "statuses" }, retired.map((status) => statusRow(status, null, acts))),
      ],
    );
  }

  /** One place up or down among those in use; retired ones in between stay where they are. */
  #move(status, by) {
    const used = this.#used;
    const from = used.findIndex((one) => one.id === status.id);
    const other = used[from + by];
    if (!other) return;
    const list = this.#list.filter((one) => one.id !== status.id);
    list.splice(list.findIndex((one) => one.id === other.id) + (by > 0 ? 1 : 0), 0, status);
    this.#list = list;
    this.#moves += 1;
    this.#draw();
    this.#said.textContent = `${status.label} is now number ${from + by + 1} of ${used.length}.`;
    if (!this.#sending) this.#sent = this.#send();
  }

  /** Send the order, and once more if it has changed when the server has it. */
  async #send() {
    this.#sending = true;
    try {
      let sent, items;
      do {
        sent = this.#list.map((one) => one.id);
        ({ items } = await put(`${PATH}/order`, { ids: sent }));
      } while (this.#list.some((one, place) => one.id !== sent[place]));
      this.#list = items;
      this.#draw();
    } catch (problem) {
      complain(problem);
      this.#sending = false;
      await this.load();
    } finally {
      this.#sending = false;
    }
  }

  /** *status* as it is once the server has the order: a change of it is meant for that version. */
  async #settled(status) {
    await this.#sent;
    return this.#list.find((one) => one.id === status.id) ?? status;
  }

  /** Drawn anew after a deed, the keyboard goes on with what it was at. */
  async #again(key) {
    await this.load();
    if (document.activeElement === document.body) this.#box.querySelector(`[data-key="${key}"]`)?.focus({ preventScroll: true });
  }

  async #edit(status) {
    await editStatus(await this.#settled(status));
    await this.#again(`edit-${status.id}`);
  }

  async #retire(status, retired) {
    const change = (on, version) => patch(`${PATH}/${status.id}`, { retired: on }, { version });
    try {
      const { version } = await change(retired, (await this.#settled(status)).version);
      const back = async () => {
        await change(!retired, version);
        await this.load();
      };
      say(retired ? `“${status.label}” is retired.` : `“${status.label}” is in use again.`, { undo: back });
    } catch (problem) {
      complain(problem);
    }
    await this.#again(`retire-${status.id}`);
  }

  async #drop(status) {
    const { id, label, version } = await this.#settled(status);
    if (await confirmed(`Delete “${label}”?`, "No application has ever been in it.", "Delete")) {
      try {
        await remove(`${PATH}/${id}`, { version });
        say(`“${label}” is deleted.`);
      } catch (problem) {
        complain(problem);
      }
    }
    await this.#again(`drop-${id}`);
  }
}
