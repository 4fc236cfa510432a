// What one does to things on the agenda, and how each is taken back.

import { get, patch, post } from "../../api.js";
import { dropApplication, takeBackStep, takeStep } from "../../parts/steps.js";
import { undoable } from "../../parts/undo.js";
import { daysAway, shifted, today } from "../../words.js";

/** The follow-up is done: its date goes, and its note with it. */
export async function followedUp(item) {
  await write(item, { follow_up_on: null, follow_up_note: null });
  undoable(`${item.company}: follow-up done.`, () => write(item, { follow_up_on: item.on, follow_up_note: item.note ?? null }));
}

/** Follow up so many days from now. */
export async function putOff(item, days) {
  const date = shifted(today(), days);
  const before = item.kind === "follow_up" ? item.on : null;
  await write(item, { follow_up_on: date });
  undoable(`${item.company}: follow up ${daysAway(date)}.`, () => write(item, { follow_up_on: before }));
}

/** Nobody answers any more. */
export async function ghosted(item) {
  const application = await get(`/api/applications/${item.application_id}`);
  const taken = await takeStep(application, "ghosted");
  undoable(`${item.company}: marked as ghosted.`, async () => void (await takeBackStep(taken)));
}

/** A saved listing gets its application. */
export async function kept(item) {
  const { id } = await post("/api/applications", { job_id: item.job_id });
  undoable(`${item.company}: on the board.`, () => dropApplication(id));
}

async function write(item, members) {
  await patch(`/api/applications/${item.application_id}`, members);
}
