// Carrying cards with a mouse, a pen or a finger.

import { h } from "../../dom.js";
import { Carry } from "./carry.js";

const SLACK = 5;
const LONG_PRESS = 320;
const EDGE = 64;
const FASTEST = 18;
const NEVER = -1000;

/** A mouse carries once it has moved a little, a finger once it has rested: until then it scrolls.
 *
 * *columns()* gives the columns from left to right, *dropped(card, column)* hears where a card goes. Whatever is
 * measured is measured once, when the card is lifted; after that each frame only writes.
 */
export class Pointer {
  #row;
  #columns;
  #dropped;
  #pressed = null;
  #carry = null;
  #ghost = null;
  #grip = null;
  #places = [];
  #left = 0;
  #right = 0;
  #scroll = 0;
  #furthest = 0;
  #frameAsked = 0;
  #ended = NEVER;

  constructor(row, { columns, dropped, signal }) {
    this.#row = row;
    this.#columns = columns;
    this.#dropped = dropped;
    const listen = (target, kind, hear, options = {}) => target.addEventListener(kind, hear, { ...options, signal });
    // The click that follows another press is meant, however soon after a carrying it comes.
    listen(window, "pointerdown", () => (this.#ended = NEVER), { capture: true });
    listen(row, "pointerdown", (event) => this.#press(event));
    listen(window, "pointermove", (event) => this.#move(event));
    listen(window, "pointerup", (event) => this.#release(event, true));
    listen(window, "pointercancel", (event) => this.#release(event, false));
    listen(window, "blur", () => this.cancel());
    listen(window, "keydown", (event) => event.key === "Escape" && this.cancel());
    // Known from the start, because a browser asks only then whether a finger may be kept from scrolling.
    listen(row, "touchmove", (event) => this.#carry && event.cancelable && event.preventDefault(), { passive: false });
    listen(row, "contextmenu", (event) => this.#pressed?.finger && event.preventDefault());
    listen(row, "dragstart", (event) => event.preventDefault());
    listen(row, "click", (event) => this.#swallow(event), { capture: true });
    signal.addEventListener("abort", () => this.#clear());
  }

  #press(event) {
    const card = event.target.closest(".board-card");
    if (!card || event.button !== 0 || !event.isPrimary || event.target.closest("button")) return;
    this.#clear();
    const finger = event.pointerType === "touch";
    this.#pressed = { card, finger, id: event.pointerId, x: event.clientX, y: event.clientY, timer: 0, carried: false };
    if (finger) this.#pressed.timer = setTimeout(() => this.#lift(), LONG_PRESS);
  }

  #move(event) {
    const pressed = this.#pressed;
    if (!pressed || event.pointerId !== pressed.id) return;
    const far = Math.hypot(event.clientX - pressed.x, event.clientY - pressed.y) > SLACK * (pressed.finger ? 2 : 1);
    pressed.nowX = event.clientX;
    pressed.nowY = event.clientY;
    if (this.#carry || !far) return;
    if (pressed.finger) this.#clear();
    else this.#lift();
  }

  #lift() {
    const pressed = this.#pressed;
    const { card } = pressed;
    const from = this.#columns().find((column) => column.element.contains(card));
    if (!from || !card.isConnected) return this.#clear();
    pressed.nowX ??= pressed.x;
    pressed.nowY ??= pressed.y;
    pressed.carried = true;
    this.#measure(card, pressed);
    this.#carry = new Carry(card, from);
    document.body.append(this.#ghost);
    this.#row.setAttribute("data-carrying", "");
    if (pressed.finger) navigator.vibrate?.(12);
    this.#frame();
  }

  /** Where everything is while the card is carried: columns keep their places within the row, which may scroll. */
  #measure(card, pressed) {
    const frame = this.#row.getBoundingClientRect();
    const box = card.getBoundingClientRect();
    this.#left = frame.left;
    this.#right = frame.right;
    this.#scroll = this.#row.scrollLeft;
    this.#furthest = this.#row.scrollWidth - this.#row.clientWidth;
    this.#places = this.#columns().map((column) => {
      const { left, right } = column.element.getBoundingClientRect();
      return { column, left: left + this.#scroll, right: right + this.#scroll };
    });
    this.#grip = { x: pressed.x - box.left, y: pressed.y - box.top };
    const copy = card.cloneNode(true);
    for (const control of copy.querySelectorAll("a, button")) control.tabIndex = -1;
    this.#ghost = h("div", { class: "board-ghost", "aria-hidden": "true", style: { width: `${box.width}px` } }, h("ul", {}, copy));
  }

  #frame() {
    if (!this.#carry) return;
    const { nowX, nowY } = this.#pressed;
    this.#ghost.style.setProperty("transform", `translate(${nowX - this.#grip.x}px, ${nowY - this.#grip.y}px) rotate(1.5deg)`);
    this.#scrollAtEdges(nowX);
    const x = nowX + this.#scroll;
    const place = this.#places.find(({ left, right }) => x >= left && x <= right);
    if (place) this.#carry.over(place.column);
    this.#frameAsked = requestAnimationFrame(() => this.#frame());
  }

  #scrollAtEdges(x) {
    const before = this.#left + EDGE - x;
    const after = x - (this.#right - EDGE);
    const speed = before > 0 ? -before : after > 0 ? after : 0;
    if (speed === 0) return;
    const step = Math.max(-FASTEST, Math.min(FASTEST, speed / 3));
    const wanted = Math.max(0, Math.min(this.#furthest, this.#scroll + step));
    if (wanted === this.#scroll) return;
    this.#scroll = wanted;
    this.#row.scrollLeft = wanted;
  }

  #release(event, willing) {
    const pressed = this.#pressed;
    if (!pressed || event.pointerId !== pressed.id) return;
    const carry = this.#carry;
    const aim = carry?.column;
    this.#clear();
    if (!carry || !willing || !aim || aim === carry.from) return;
    this.#dropped(carry.card, aim);
  }

  /** Put the card back where it was. */
  cancel() {
    if (this.#carry) this.#clear();
  }

  /** What follows a carrying is no click on the card's link; a key's click is one. */
  #swallow(event) {
    if (event.detail === 0 || performance.now() - this.#ended > 300) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #clear() {
    if (this.#pressed) clearTimeout(this.#pressed.timer);
    if (this.#pressed?.carried) this.#ended = performance.now();
    cancelAnimationFrame(this.#frameAsked);
    this.#pressed = null;
    this.#carry?.end();
    this.#carry = null;
    this.#ghost?.remove();
    this.#ghost = null;
    this.#row.removeAttribute("data-carrying");
  }
}
