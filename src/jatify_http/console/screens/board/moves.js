// What one does to applications on the board: shown at once, sent to the API, taken back where it refuses.

import { patch } from "../../api.js";
import { dropApplication, restoreApplication, takeBackStep, takeStep } from "../../parts/steps.js";
import { complain } from "../../parts/toasts.js";
import { undoable } from "../../parts/undo.js";
import { daysAway } from "../../words.js";

/** Nothing here is stopped when the screen goes: what was done is done. */
export class Moves {
  #pipeline;
  #labelOf;
  #running = new Map();

  constructor(pipeline) {
    this.#pipeline = pipeline;
    this.#labelOf = (statusId) => pipeline.statuses.find((status) => status.id === statusId)?.label ?? statusId;
  }

  move(id, statusId) {
    const before = this.#pipeline.get(id);
    if (!before || before.status_id === statusId) return;
    const words = `${before.job.company}: moved to ${this.#labelOf(statusId)}.`;
    this.#undoably(words, () => this.#inTurn(id, { status_id: statusId }, () => takeStep(this.#pipeline.known(id), statusId)), (taken) =>
      this.#inTurn(id, { status_id: before.status_id }, () => takeBackStep(taken)),
    );
  }

  followUp(id, date) {
    const before = this.#pipeline.get(id);
    const words = `${before.job.company}: ${date ? `follow up ${daysAway(date)}` : "follow-up done"}.`;
    const write = (follow_up_on) => this.#inTurn(id, { follow_up_on }, () => patch(`/api/applications/${id}`, { follow_up_on }));
    this.#undoably(words, () => write(date), () => write(before.follow_up_on));
  }

  drop(id) {
    const before = this.#pipeline.known(id);
    this.#pipeline.forget(id);
    const send = async () => {
      try {
        await dropApplication(id);
        return before;
      } catch (problem) {
        if (problem.status !== 404) this.#pipeline.accept([before]);
        complain(problem);
        return null;
      }
    };
    this.#undoably(`${before.job.company}: deleted.`, send, async () => this.#pipeline.accept([await restoreApplication(id)]));
  }

  /** Do it and say so, with the way back, which may be asked for before the API has answered: then it waits.
   *
   * *send* answers nothing where it was refused; *back* is given what it answered.
   */
  #undoably(words, send, back) {
    const sending = send();
    const undo = async () => {
      const sent = await sending;
      if (sent) await back(sent);
    };
    undoable(words, undo, sending);
  }

  /** Show *id* with *members* and *send*, after whatever is still being sent for it; answers what the API did. */
  #inTurn(id, members, send) {
    const release = this.#pipeline.pretend(id, members);
    const sending = async () => {
      try {
        const sent = await send();
        this.#pipeline.accept([sent]);
        return sent;
      } catch (problem) {
        if ([404, 409, 412].includes(problem.status)) await this.#pipeline.reread([id]).catch(() => {});
        complain(problem);
        return null;
      } finally {
        release();
      }
    };
    const turn = (this.#running.get(id) ?? Promise.resolve()).then(sending);
    this.#running.set(id, turn);
    turn.finally(() => this.#running.get(id) === turn && this.#running.delete(id));
    return turn;
  }
}
