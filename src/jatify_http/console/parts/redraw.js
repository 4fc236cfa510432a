// Drawing a place anew without taking the keyboard away from whoever is in it.

/** Put *children* into *place*; the focus stays on what has the same `data-key` as what had it. */
export function redraw(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** *draw(value)*, but only when *pick(value)* is not what it was the last time. */
export function whenChanged(pick, draw) {
  let before;
  return (value) => {
    const now = JSON.stringify(pick(value));
    if (now === before) return;
    before = now;
    draw(value);
  };
}
