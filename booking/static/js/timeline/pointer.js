// @ts-check
/**
 * Dragging over empty space chooses a stretch of time: at once with mouse and pen, after a long
 * press with a finger. A verdict follows the pointer. Resting on a bar shows what it is.
 */

import { grab } from "./grab.js";
import { minuteAt, place } from "./layout.js";
import { el, nameOf, setPlace, stateOf } from "./render.js";

const STEP = 30;
const NEAR = 5;
const PRESS_MS = 350;
const REST_MS = 220;
const EDGE = 44;

/** @param {import("./timeline.js").Timeline} timeline */
export function attachPointer(timeline) {
  timeline.root.addEventListener("pointerdown", (event) => begin(timeline, event));
  timeline.root.addEventListener("dblclick", (event) => {
    const spot = trackAt(timeline, event);
    const { at, end } = timeline.keyboard;
    if (spot && at) timeline.options.onCreate(at.code, at.start, end);
  });
  attachHover(timeline);
}

/** The row and minute under the pointer, if it is over empty track. */
function trackAt(timeline, event) {
  const target = /** @type {HTMLElement} */ (event.target);
  const row = target.closest("[data-code]");
  if (!row || target.closest(".tl-label, .tl-bar")) return null;
  return { code: row.dataset.code, row: timeline.rows.get(row.dataset.code) };
}

function minuteUnder(timeline, row, x) {
  const box = row.track.getBoundingClientRect();
  return minuteAt(timeline.axis, (x - box.left) / box.width);
}

const floor = (minute) => Math.floor(minute / STEP) * STEP;

function begin(timeline, first) {
  if (grab(timeline, first, showTip)) return;
  const spot = trackAt(timeline, first);
  if (!spot || first.button !== 0) return;
  const drag = new Drag(timeline, spot, first);
  if (first.pointerType === "touch") drag.waitForLongPress();
  else first.preventDefault();
}

/** One gesture, from the press to the release. */
class Drag {
  constructor(timeline, { code, row }, first) {
    this.timeline = timeline;
    this.code = code;
    this.row = row;
    this.first = first;
    this.anchor = minuteUnder(timeline, row, first.clientX);
    this.on = false;
    this.ghost = el("div", "tl-ghost");
    this.quit = new AbortController();
    const { signal } = this.quit;
    addEventListener("pointermove", (event) => this.move(event), { signal });
    addEventListener("pointerup", () => this.drop(), { signal });
    addEventListener("pointercancel", () => this.end(), { signal });
    addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
    const hold = { signal, passive: false };
    timeline.root.addEventListener("touchmove", (event) => this.on && event.preventDefault(), hold);
  }

  waitForLongPress() {
    this.touch = true;
    this.timer = setTimeout(() => {
      navigator.vibrate?.(12);
      this.start(60);
    }, PRESS_MS);
  }

  start(length) {
    this.on = true;
    this.row.track.append(this.ghost);
    this.choose(floor(this.anchor), floor(this.anchor) + length);
  }

  move(event) {
    const far = Math.hypot(event.clientX - this.first.clientX, event.clientY - this.first.clientY);
    if (!this.on) {
      if (far <= NEAR) return;
      if (this.touch) return void this.end();
      this.start(STEP);
    }
    this.scrollAtEdge(event.clientX);
    const here = minuteUnder(this.timeline, this.row, event.clientX);
    const [from, to] = here < this.anchor ? [here, this.anchor] : [this.anchor, here];
    if (!this.touch || far > NEAR) this.choose(floor(from), floor(to) + STEP);
  }

  /** Shows the stretch, what the page thinks of it, and the rooms that could do instead. */
  choose(start, end) {
    if (this.from === start && this.to === end) return;
    Object.assign(this, { from: start, to: end });
    const { timeline, code, ghost, row } = this;
    const found = timeline.verdict(code, start, end);
    const time = timeline.say.span(start, end);
    setPlace(ghost, place(timeline.axis, start, end));
    ghost.className = `tl-ghost is-${found.kind}`;
    ghost.replaceChildren(time);
    showTip(timeline, ghost, `is-${found.kind}`, [
      el("b", "", {}, `${time} · ${row.facility.name}`),
      el("span", "", {}, timeline.verdictWords(found)),
    ]);
    timeline.light(code, start, end);
  }

  scrollAtEdge(x) {
    const { root } = this.timeline;
    const box = root.getBoundingClientRect();
    if (x > box.right - EDGE) root.scrollBy(12, 0);
    else if (x < this.row.track.getBoundingClientRect().left + EDGE) root.scrollBy(-12, 0);
  }

  drop() {
    const { timeline, on, from, to, code } = this;
    this.end();
    if (on) {
      timeline.dragged = true;
      setTimeout(() => { timeline.dragged = false; });
      timeline.keyboard.set(code, from, to - from);
      timeline.options.onCreate(code, from, to);
    } else if (!this.touch) {
      timeline.keyboard.set(code, floor(this.anchor), 60);
    }
  }

  key(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    this.end();
  }

  end() {
    clearTimeout(this.timer);
    this.quit.abort();
    this.ghost.remove();
    this.timeline.tip.hidden = true;
    this.timeline.unlight();
  }
}

/** Puts the tip under (or above) a node, inside the screen. */
function showTip(timeline, node, look, children) {
  const { tip } = timeline;
  tip.className = `tl-tip ${look}`;
  tip.replaceChildren(...children);
  tip.hidden = false;
  const box = node.getBoundingClientRect();
  const label = timeline.root.getBoundingClientRect().left;
  const left = Math.max(box.left, label + 4);
  tip.style.left = `${Math.max(Math.min(left, innerWidth - tip.offsetWidth - 8), 8)}px`;
  const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.top = `${below ? box.bottom + 6 : box.top - tip.offsetHeight - 6}px`;
}

function attachHover(timeline) {
  let timer = 0;
  const hide = () => {
    clearTimeout(timer);
    timeline.tip.hidden = true;
  };
  timeline.root.addEventListener("pointerover", (event) => {
    const node = event.target.closest(".tl-bar");
    if (event.pointerType !== "mouse" || event.buttons) return;
    hide();
    if (node) timer = setTimeout(() => describe(timeline, node), REST_MS);
  });
  timeline.root.addEventListener("pointerleave", (event) => event.buttons || hide());
  timeline.root.addEventListener("pointerdown", hide);
  timeline.root.addEventListener("scroll", hide, { passive: true });
}

function describe(timeline, node) {
  const entry = timeline.entries[Number(node.dataset.id)];
  const { texts } = timeline.options;
  const name = nameOf(entry, texts);
  const state = entry.via ? "" : stateOf(entry, texts);
  const more = [entry.company_name, entry.production, state].filter((x) => x && x !== name);
  const lines = [el("b", "", {}, name), el("span", "", {}, timeline.say.span(entry.s, entry.e))];
  if (more.length) lines.push(el("span", "", {}, more.join(" · ")));
  showTip(timeline, node, "is-about", lines);
}
