// What tests/console/tabbing.py asks of a page while it goes through it with the Tab key.
() => {
  const CONTROLS = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const SEEN = { visibilityProperty: true, opacityProperty: true };
  const POINTS = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.15], [0.5, 0.85]];
  const been = new Set();
  let lately = null;

  const alive = (one) => one.checkVisibility(SEEN) && !one.closest("[inert]") && !one.disabled;
  const all = (selector) => [...(document.querySelector("dialog[open]") ?? document).querySelectorAll(selector)].filter(alive);
  const words = (one) => (one.ariaLabel || one.innerText || one.name || one.id || "").trim().slice(0, 50);
  const named = (one) => `${one.localName}.${one.className} “${words(one)}”`;

  function outlined(one) {
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
  }

  /** What shows that *one* has the focus: itself, or what it is in. */
  function markOf(one) {
    for (let place = one; place !== document.body; place = place.parentElement) if (outlined(place)) return place;
    return null;
  }

  function covered(one, mark, box) {
    return POINTS.every(([x, y]) => {
      const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return !top || !(one.contains(top) || top.contains(one) || mark?.contains(top));
    });
  }

  /** Where the focus is; null at the page's end. `again` is set where it has been before. */
  function stop() {
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const again = been.has(one) && (one === lately ? "still" : "before");
    been.add(one);
    lately = one;
    const mark = markOf(one);
    const box = (mark ?? one).getBoundingClientRect();
    const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    return { name: named(one), again, marked: mark !== null, inside, free: !covered(one, mark, box) };
  }

  /** What Tab should have come to. Of a group of radios it comes to one. */
  function missed() {
    const grouped = (one) => one.type === "radio" && [...been].some((it) => it.type === "radio" && it.name === one.name);
    return all(`${CONTROLS}, [tabindex]`).filter((one) => one.tabIndex >= 0 && !been.has(one) && !grouped(one)).map(named);
  }

  /** What is taken off the way of Tab. */
  const setApart = () => all(CONTROLS).filter((one) => one.tabIndex < 0).map(named);

  document.activeElement?.blur();
  window.walk = { stop, missed, setApart };
}
