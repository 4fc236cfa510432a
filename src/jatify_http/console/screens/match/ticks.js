// Which suggestions of an analysis are ticked off, as this browser remembers.

import { keep, kept, ownPlace } from "../../parts/keeping.js";

const MOST = 200;

/** The places of the suggestions of analysis *id* that are done. */
export function ticked(id) {
  return new Set(all()[id] ?? []);
}

/** Suggestion number *at* of analysis *id* is *done*, or is not. */
export function tick(id, at, done) {
  const places = ticked(id);
  if (done) places.add(at);
  else places.delete(at);
  const { [id]: _, ...others } = all();
  const newest = Object.entries(others).slice(1 - MOST);
  keep(ownPlace("ticked"), Object.fromEntries([...newest, [id, [...places]]]));
}

function all() {
  return kept(ownPlace("ticked")) ?? {};
}
