// A Sankey diagram: where applications went, as bands as wide as there are of them.

import { s } from "../dom.js";

const WIDTH = 920;
const BAR = 12;
const LEAST_GAP = 26;
const HEIGHT = 300;
const STAGES = ["saved", "applied", "interview", "offer", "accepted"];

/** The drawing of *flows* `{source, target, count}`; *named* gives a node's words, *tone* its colour's name. */
export function sankey(flows, named, tone) {
  const { nodes, links, height } = layout(flows);
  return s(
    "svg",
    { class: "sankey", viewBox: `0 0 ${WIDTH} ${height}`, role: "img", "aria-label": told(flows, named) },
    links.map((link) => band(link, named, tone)),
    nodes.map((node) => bar(node, named, tone)),
  );
}

/** Places of nodes and bands: stages from the left in their order, all ends in the last column. */
export function layout(flows) {
  const nodes = new Map();
  const node = (name) => {
    if (!nodes.has(name)) nodes.set(name, { name, in: 0, out: 0, column: Math.max(0, STAGES.indexOf(name)) });
    return nodes.get(name);
  };
  for (const { source, target, count } of flows) {
    node(source).out += count;
    node(target).in += count;
  }
  const furthest = Math.max(...[...nodes.values()].map(({ name }) => STAGES.indexOf(name)));
  const last = nodes.has("accepted") ? furthest : furthest + 1;
  for (const one of nodes.values()) if (!STAGES.includes(one.name)) one.column = last;
  const columns = [];
  for (const one of nodes.values()) (columns[one.column] ??= []).push(one);
  const used = columns.filter(Boolean);
  const most = Math.max(1, ...used.map((column) => column.reduce((sum, one) => sum + Math.max(one.in, one.out), 0)));
  const scale = (HEIGHT - 20) / most;
  used.forEach((column, index) => place(column, index, used.length, scale));
  const height = Math.max(...[...nodes.values()].map((one) => one.y + Math.max(one.height, 30))) + 10;
  return { nodes: [...nodes.values()], links: bands(flows, nodes, scale), height };
}

function place(column, index, columns, scale) {
  column.sort((a, b) => rank(a.name) - rank(b.name) || b.in - a.in);
  let y = 10;
  for (const one of column) {
    one.x = columns > 1 ? (index * (WIDTH - 150)) / (columns - 1) : 0;
    one.y = y;
    one.height = Math.max(3, Math.max(one.in, one.out) * scale);
    one.left = y;
    one.right = y;
    y += one.height + LEAST_GAP;
  }
}

function rank(name) {
  const stage = STAGES.indexOf(name);
  return stage >= 0 ? stage : name === "open" ? 50 : 90;
}

function bands(flows, nodes, scale) {
  const drawn = flows.map((flow) => ({ ...flow, from: nodes.get(flow.source), to: nodes.get(flow.target) }));
  drawn.sort((a, b) => a.from.y - b.from.y || a.to.y - b.to.y);
  for (const link of drawn) {
    link.width = Math.max(1.5, link.count * scale);
    link.y0 = link.from.right + link.width / 2;
    link.from.right += link.width;
  }
  for (const link of [...drawn].sort((a, b) => a.to.y - b.to.y || a.from.y - b.from.y)) {
    link.y1 = link.to.left + link.width / 2;
    link.to.left += link.width;
  }
  return drawn;
}

function band({ from, to, y0, y1, width, count }, named, tone) {
  const x0 = from.x + BAR;
  const middle = (x0 + to.x) / 2;
  return s(
    "path",
    { class: "band", dataset: { tone: tone(to.name) }, d: `M${x0} ${y0}C${middle} ${y0} ${middle} ${y1} ${to.x} ${y1}`, "stroke-width": width },
    s("title", {}, `${named(from.name)} → ${named(to.name)}: ${count}`),
  );
}

function bar({ name, x, y, height, ...sums }, named, tone) {
  const n = Math.max(sums.in, sums.out);
  return s(
    "g",
    {},
    s("rect", { class: "node", dataset: { tone: tone(name) }, x, y, width: BAR, height, rx: 3 }),
    s("text", { x: x + BAR + 7, y: y + height / 2 - 1 }, named(name)),
    s("text", { class: "figure", x: x + BAR + 7, y: y + height / 2 + 14 }, String(n)),
  );
}

function told(flows, named) {
  return flows.map(({ source, target, count }) => `${count} from ${named(source)} to ${named(target)}`).join(", ");
}
