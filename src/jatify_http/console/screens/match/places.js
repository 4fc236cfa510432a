// Where quotes and skills stand in a text, and the text cut at every such place.

const NAMED = 40;

/** *evidence* (counted in code points) as places in *text* (counted as JavaScript does); null where it reads otherwise
 * now and the quote stands nowhere else. */
export function placesOf(evidence, text) {
  const at = /[\ud800-\udbff]/.test(text) ? units(text) : (point) => point;
  return evidence.map((one) => {
    const [start, end] = [at(one.start), at(one.end)];
    if (text.slice(start, end) === one.text) return { start, end };
    const elsewhere = text.indexOf(one.text);
    return elsewhere < 0 ? null : { start: elsewhere, end: elsewhere + one.text.length };
  });
}

/** Where the skill *name* itself stands in *text*, as whole words; of "A or B" each. */
export function namedIn(text, name) {
  return name.split(" or ").flatMap((one) => {
    const word = one.trim();
    if (!word) return [];
    // "Go" and "R" are words in lower case, too.
    const flags = word.length <= 3 ? "gu" : "giu";
    const pattern = new RegExp(`(?<![\\p{L}\\p{N}])${escaped(word)}(?![\\p{L}\\p{N}+#])`, flags);
    return [...text.matchAll(pattern)].slice(0, NAMED).map((found) => ({ start: found.index, end: found.index + found[0].length }));
  });
}

/** *text* in pieces `{text, ranges}`: each piece lies in the same of the *ranges* from its beginning to its end. */
export function pieces(text, ranges) {
  const edges = [...new Set([0, text.length, ...ranges.flatMap(({ start, end }) => [start, end])])].sort((one, other) => one - other);
  const opening = [...ranges].sort((one, other) => one.start - other.start);
  let open = [];
  let next = 0;
  const made = [];
  for (let at = 0; at < edges.length - 1; at += 1) {
    const [start, end] = [edges[at], edges[at + 1]];
    const before = next;
    while (next < opening.length && opening[next].start <= start) next += 1;
    open = [...open, ...opening.slice(before, next)].filter((range) => range.end > start);
    made.push({ text: text.slice(start, end), ranges: open });
  }
  return made;
}

function units(text) {
  const starts = [];
  let at = 0;
  for (const point of text) {
    starts.push(at);
    at += point.length;
  }
  return (point) => starts[point] ?? text.length;
}

function escaped(word) {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
