// Which suggestions of an analysis are ticked off, as this browser remembers.

const KEY = "jatify.ticked";
const MOST = 200;

/** The places of the suggestions of analysis *id* that are done. */
export function ticked(id) {
  return new Set(kept()[id] ?? []);
}

/** Suggestion number *at* of analysis *id* is *done*, or is not. */
export function tick(id, at, done) {
  const places = ticked(id);
  if (done) places.add(at);
  else places.delete(at);
  const { [id]: _, ...others } = kept();
  const newest = Object.entries(others).slice(1 - MOST);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries([...newest, [id, [...places]]])));
  } catch {
    // The browser's store is full or shut: the tick lasts as long as the page.
  }
}

function kept() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {};
  }
}
