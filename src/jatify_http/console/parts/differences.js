// What two texts that grew out of one differ in, line by line, and how they go together.

const MOST = 2_000;

/** Lines of *text* as `{line, fresh}`: fresh are those that do not stand in *other*, in order. */
export function marked(text, other) {
  const lines = text.split("\n");
  const shared = new Set(pairs(lines, other.split("\n")).map(([at]) => at));
  return lines.map((line, at) => ({ line, fresh: !shared.has(at) }));
}

/** *mine* and *theirs* in one text: what only one of them changed in *base* as he did, what both did one after the other. */
export function together(base, mine, theirs) {
  const [old, left, right] = [base, mine, theirs].map((text) => text.split("\n"));
  const inMine = new Map(pairs(old, left));
  const inTheirs = new Map(pairs(old, right));
  const result = [];
  let [from, one, other] = [0, 0, 0];
  const gather = (until, oneUntil, otherUntil) => {
    result.push(...chosen(old.slice(from, until), left.slice(one, oneUntil), right.slice(other, otherUntil)));
    [from, one, other] = [until, oneUntil, otherUntil];
  };
  old.forEach((line, at) => {
    if (!inMine.has(at) || !inTheirs.has(at)) return;
    gather(at, inMine.get(at), inTheirs.get(at));
    result.push(line);
    [from, one, other] = [at + 1, inMine.get(at) + 1, inTheirs.get(at) + 1];
  });
  gather(old.length, left.length, right.length);
  return result.join("\n");
}

function chosen(was, mine, theirs) {
  const [old, one, other] = [was, mine, theirs].map((lines) => JSON.stringify(lines));
  if (one === other || other === old) return mine;
  return one === old ? theirs : [...mine, ...theirs];
}

/** Places of lines that both have, in order: the longest common subsequence. */
function pairs(one, other) {
  let start = 0;
  while (start < one.length && start < other.length && one[start] === other[start]) start += 1;
  let tail = 0;
  while (tail < Math.min(one.length, other.length) - start && one.at(-1 - tail) === other.at(-1 - tail)) tail += 1;
  const found = Array.from({ length: start }, (_, at) => [at, at]);
  found.push(...within(one.slice(start, one.length - tail), other.slice(start, other.length - tail), start));
  for (let back = tail; back > 0; back -= 1) found.push([one.length - back, other.length - back]);
  return found;
}

function within(one, other, start) {
  // So many changed lines on both sides are no edit any more: they are told as different altogether.
  if (one.length > MOST || other.length > MOST) return [];
  const width = other.length + 1;
  const longest = new Uint16Array((one.length + 1) * width);
  for (let i = one.length - 1; i >= 0; i -= 1) {
    for (let j = other.length - 1; j >= 0; j -= 1) {
      const skipped = Math.max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
      longest[i * width + j] = one[i] === other[j] ? longest[(i + 1) * width + j + 1] + 1 : skipped;
    }
  }
  const found = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    if (one[i] === other[j]) found.push([start + i++, start + j++]);
    else if (longest[(i + 1) * width + j] >= longest[i * width + j + 1]) i += 1;
    else j += 1;
  }
  return found;
}
