// Elements, made by calls: text stays text, whatever it holds, because nothing here ever reads markup.

const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes and children; null, undefined and false are left out, arrays are flattened.
 *
 * `onclick` and the like listen, `class`, `dataset` and `style` (an object of CSS properties) do as they say, `true` is
 * an attribute without a value, and `value`, `checked`, `selected` and `indeterminate` are set as properties.
 */
export function h(tag, attributes = {}, ...children) {
  return furnished(document.createElement(tag), attributes, children);
}

/** The same for SVG. */
export function s(tag, attributes = {}, ...children) {
  return furnished(document.createElementNS(SVG, tag), attributes, children);
}

const PROPERTIES = new Set(["value", "checked", "selected", "indeterminate"]);

function furnished(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "style") for (const [key, one] of Object.entries(value)) element.style.setProperty(key, one);
    else if (PROPERTIES.has(name)) element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** A custom element that is a screen or a part of one: what it starts ends when it leaves the page.
 *
 * Subclasses draw in `opened()`. `signal` is aborted when the element goes: give it to requests and to `listen`.
 */
export class Part extends HTMLElement {
  #life = new AbortController();

  get signal() {
    return this.#life.signal;
  }

  connectedCallback() {
    if (this.#life.signal.aborted) this.#life = new AbortController();
    this.opened();
  }

  disconnectedCallback() {
    this.#life.abort();
    this.closed();
  }

  opened() {}

  closed() {}

  /** Hear *kind* of *target* as long as this element is on the page. */
  listen(target, kind, hear, options = {}) {
    target.addEventListener(kind, hear, { ...options, signal: this.signal });
  }
}

/** *call*, at most once in *wait* milliseconds, the last time with the newest arguments. */
export function settled(call, wait) {
  let timer = 0;
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => call(...given), wait);
  };
}

let counted = 0;

/** An id that no other element has. */
export function freshId(stem = "part") {
  counted += 1;
  return `${stem}-${counted}`;
}

const drawn = new WeakMap();

/** Let *place* show *items* in order: elements of items that have not changed stay as they are, with focus and all.
 *
 * *keyOf* names an item, *build* makes its element.
 */
export function keep(place, items, keyOf, build) {
  const before = new Map([...place.children].map((element) => [drawn.get(element)?.key, element]));
  const after = items.map((item) => {
    const key = keyOf(item);
    const looks = JSON.stringify(item);
    const element = before.get(key);
    if (element && drawn.get(element).looks === looks) return element;
    const fresh = build(item, element);
    drawn.set(fresh, { key, looks });
    return fresh;
  });
  const staying = new Set(after);
  for (const element of [...place.children]) if (!staying.has(element)) element.remove();
  after.forEach((element, index) => {
    if (place.children[index] !== element) place.insertBefore(element, place.children[index] ?? null);
  });
}
