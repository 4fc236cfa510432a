// Drawing a place anew without taking the keyboard away from whoever is in it.

/** Put *children* into *place*; the focus stays on what has the same `data-key` as what had it. */
export function redraw(place, ...children) {
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  place.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  if (focused) place.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

/** Let *draw* change what *place* shows. The focus stays on what has the same `data-key` as what had it.
 *
 * Where that is gone it goes on to the next of its kind, which a key names before its colon, else to the heading of
 * the section that it was in.
 */
export function keepFocus(place, draw) {
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const keys = focused?.dataset.key ? alike(place, focused.dataset.key) : [];
  const heading = focused?.closest("section")?.querySelector("h2");
  draw();
  if (!focused || focused === document.activeElement) return;
  const at = Math.max(0, keys.indexOf(focused.dataset.key));
  const next = [...keys.slice(at), ...keys.slice(0, at).reverse()];
  const found = next.map((key) => place.querySelector(`[data-key="${CSS.escape(key)}"]`)).find(Boolean);
  if (!found) heading?.setAttribute("tabindex", "-1");
  (found ?? heading)?.focus({ preventScroll: true });
}

function alike(place, key) {
  const kind = (one) => one.split(":")[0];
  return [...place.querySelectorAll("[data-key]")].map((one) => one.dataset.key).filter((one) => kind(one) === kind(key));
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
