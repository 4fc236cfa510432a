// What this browser keeps. What is one user's lies in his own place: no other login sees it, and it goes with the account.

import { session } from "../session.js";

/** The place of a thing of *kind* that belongs to whoever is logged in, or to *user*. */
export function ownPlace(kind, { user = session.user?.id, rest = [] } = {}) {
  return ["jatify", kind, user, ...rest].join(".");
}

/** What is kept at *place*, null if nothing is. */
export function kept(place, store = localStorage) {
  try {
    return JSON.parse(store.getItem(place));
  } catch {
    return null;
  }
}

/** Keep *value* at *place*, nothing there where it is null. A browser whose store is full or shut keeps nothing. */
export function keep(place, value, store = localStorage) {
  try {
    if (value === null) store.removeItem(place);
    else store.setItem(place, JSON.stringify(value));
  } catch {
    // The page itself still holds it.
  }
}

/** Let go of everything of *user*. */
export function forget(user) {
  for (const store of [localStorage, sessionStorage]) {
    for (const place of Object.keys(store)) if (place.startsWith("jatify.") && place.split(".")[2] === user) store.removeItem(place);
  }
}
