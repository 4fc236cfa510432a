// Words about listings that one has already, told when the same is added again; it is never refused.

import { h } from "../dom.js";
import { addressOf } from "../frame.js";
import { day } from "../words.js";

const SHOWN = 3;

/** A notice about *twins* (`possible_duplicates` of the API), with links; null where there are none. */
export function twinsNotice(twins) {
  if (!twins?.length) return null;
  const items = twins.slice(0, SHOWN).map((twin) => h("li", {}, named(twin), ` added ${day(twin.created_at)}`));
  const more = twins.length - SHOWN;
  return h(
    "div",
    { class: "notice warn twins" },
    h("p", {}, twins.length === 1 ? "You have this one already:" : "You have some like this already:"),
    h("ul", {}, items, more > 0 && h("li", {}, `and ${more} more`)),
  );
}

function named(twin) {
  const words = `${twin.position} at ${twin.company}`;
  return twin.application_id ? h("a", { href: addressOf("application", twin.application_id) }, words) : words;
}
