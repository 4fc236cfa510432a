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
    const label = this.#labelOf(statusId);
    this.#inTurn(id, { status_id: statusId }, async () => {
      const taken = await takeStep(this.#pipeline.known(id), statusId);
      this.#pipeline.accept([taken]);
      undoable(`${before.job.company}: moved to ${label}.`, () => this.#moveBack(taken, before.status_id));
    });
  }

  async #moveBack(taken, statusId) {
    await this.#inTurn(taken.id, { status_id: statusId }, async () => this.#pipeline.accept([await takeBackStep(taken)]));
  }

  followUp(id, date) {
    const before = this.#pipeline.get(id);
    const words = date ? `Follow up ${daysAway(date)}` : "Follow-up done";
    this.#inTurn(id, { follow_up_on: date }, async () => {
      await this.#write(id, { follow_up_on: date });
      undoable(`${before.job.company}: ${words.toLowerCase()}.`, () =>
        this.#inTurn(id, { follow_up_on: before.follow_up_on }, () => this.#write(id, { follow_up_on: before.follow_up_on })),
      );
    });
  }

  async #write(id, members) {
    this.#pipeline.accept([await patch(`/api/applications/${id}`, members)]);
  }

  async drop(id) {
    const before = this.#pipeline.known(id);
    this.#pipeline.forget(id);
    try {
      await dropApplication(id);
      undoable(`${before.job.company}: deleted.`, async () => this.#pipeline.accept([await restoreApplication(id)]));
    } catch (problem) {
      if (problem.status !== 404) this.#pipeline.accept([before]);
      complain(problem);
    }
  }

  /** Show *id* with *members* and *send*, after whatever is still being sent for it. */
  #inTurn(id, members, send) {
    const release = this.#pipeline.pretend(id, members);
    const sending = async () => {
      try {
        await send();
      } catch (problem) {
        if (problem.status === 404 || problem.status === 412 || problem.status === 409) await this.#pipeline.reread([id]).catch(() => {});
        complain(problem);
      } finally {
        release();
      }
    };
    const turn = (this.#running.get(id) ?? Promise.resolve()).then(sending);
    this.#running.set(id, turn);
    return turn.finally(() => this.#running.get(id) === turn && this.#running.delete(id));
  }
}
