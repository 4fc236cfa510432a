// An application's steps from status to status, taken and taken back through the API.

import { Problem, ask, get, patch, remove } from "../api.js";

/** Every status of the user's, in the pipeline's order. */
export async function readStatuses(signal) {
  const { items } = await get("/api/statuses", { limit: 100 }, { signal });
  return items;
}

/** Give an application another status; answers it as it is then, its history with it.
 *
 * Something else of it may have changed elsewhere meanwhile: that is no reason to refuse, only another status is.
 */
export async function takeStep(application, statusId, options = {}) {
  const address = `/api/applications/${application.id}`;
  try {
    return await patch(address, { status_id: statusId }, { version: application.version, ...options });
  } catch (problem) {
    if (problem.status !== 412) throw problem;
  }
  const now = await get(address, undefined, options);
  if (now.status_id === statusId) return now;
  if (now.status_id !== application.status_id) throw new Problem(412, { detail: "It was moved elsewhere meanwhile." });
  return patch(address, { status_id: statusId }, { version: now.version, ...options });
}

/** Take back the step that *taken* (an application as `takeStep` answered it) ends with; answers it as it is then. */
export async function takeBackStep(taken, options = {}) {
  const address = `/api/applications/${taken.id}`;
  const now = await get(address, undefined, options);
  const newest = now.history.at(-1);
  if (newest.id !== taken.history.at(-1).id) {
    throw new Problem(409, { detail: "It has gone on since. Open it to change its history." });
  }
  await remove(`${address}/history/${newest.id}`, { version: now.version, ...options });
  return get(address, undefined, options);
}

/** Drop an application; *restoreApplication* brings it back. */
export async function dropApplication(id, options = {}) {
  await ask("DELETE", `/api/applications/${id}`, options);
}

export async function restoreApplication(id, options = {}) {
  return (await ask("POST", `/api/applications/${id}/restore`, options)).body;
}
