// @ts-check
/**
 * Dragging over empty space chooses a stretch of time, over several rows of all of them: at once
 * with mouse and pen, after a long press with a finger. A verdict follows the pointer. Resting on a
 * bar shows what it is.
 */

import { Autoscroll } from "./autoscroll.js";
import { grab } from "./grab.js";
import { minuteAt, place } from "./layout.js";
import { el, nameOf, setPlace, stateOf } from "./render.js";
import { showTip, showVerdict } from "./tip.js";
import { minutes } from "./wallclock.js";

const STEP = 30;
const NEAR = 5;
const PRESS_MS = 350;
const REST_MS = 220;
/* the verdict that speaks for several rooms is the first of these that any of them has */
const WORST = ["past", "shut", "conflict", "full", "option", "pool", "free"];

/** @param {import("./timeline.js").Timeline} timeline */
export function attachPointer(timeline) {
  timeline.root.addEventListener("pointerdown", (event) => begin(timeline, event));
  timeline.root.addEventListener("dblclick", (event) => {
    const spot = trackAt(timeline, event);
    const { at, end } = timeline.keyboard;
    if (spot && at) timeline.options.onCreate([at.code], at.start, end);
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
  if (grab(timeline, first)) return;
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
    this.codes = [code];
    /** @type {Map<string, HTMLElement>} */
    this.ghosts = new Map();
    this.scroll = new Autoscroll(timeline, (event) => this.reach(event));
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
    this.choose([this.code], floor(this.anchor), floor(this.anchor) + length);
  }

  move(event) {
    const far = Math.hypot(event.clientX - this.first.clientX, event.clientY - this.first.clientY);
    if (!this.on) {
      if (far <= NEAR) return;
      if (this.touch) return void this.end();
      this.start(STEP);
    }
    this.scroll.follow(event);
    if (!this.touch || far > NEAR) this.reach(event);
  }

  /** Chooses what lies between the press and the pointer. */
  reach(event) {
    const here = minuteUnder(this.timeline, this.row, event.clientX);
    const [from, to] = here < this.anchor ? [here, this.anchor] : [this.anchor, here];
    this.choose(this.codesUnder(event), floor(from), floor(to) + STEP);
  }

  /** The rows from the first to the one under the pointer. */
  codesUnder(event) {
    const row = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-code]");
    const seen = this.timeline.visible();
    const here = seen.indexOf(row instanceof HTMLElement ? row.dataset.code : this.codes.at(-1));
    const begun = seen.indexOf(this.code);
    if (here < 0) return this.codes;
    const between = seen.slice(Math.min(here, begun), Math.max(here, begun) + 1);
    return here < begun ? between.reverse() : between;
  }

  /** Shows the stretch, what the page thinks of it, and the rooms that could do instead. */
  choose(codes, start, end) {
    if (this.from === start && this.to === end && this.codes.length === codes.length) return;
    Object.assign(this, { codes, from: start, to: end });
    const { timeline } = this;
    const time = timeline.say.span(start, end);
    const told = codes.map((code) => this.mark(code, time));
    const worst = WORST.find((kind) => told.some((one) => one.kind === kind));
    const found = told.find((one) => one.kind === worst);
    const names = codes.map((code) => timeline.rows.get(code).facility.name).join(", ");
    showVerdict(timeline, this.ghosts.get(codes.at(-1)), `${time} · ${names}`, found);
    if (codes.length === 1) timeline.light(codes[0], start, end);
    else timeline.unlight();
    for (const [code, ghost] of this.ghosts) {
      if (codes.includes(code)) continue;
      ghost.remove();
      this.ghosts.delete(code);
    }
  }

  /** Draws the stretch into a row; what the page thinks of it there. */
  mark(code, time) {
    const { timeline, from, to } = this;
    const found = timeline.verdict(code, from, to);
    const ghost = this.ghosts.get(code) ?? el("div");
    this.ghosts.set(code, ghost);
    const { track } = timeline.rows.get(code);
    if (ghost.parentElement !== track) track.append(ghost);
    ghost.className = `tl-ghost is-${found.kind}`;
    ghost.replaceChildren(time);
    setPlace(ghost, place(timeline.axis, from, to));
    return found;
  }

  drop() {
    const { timeline, on, from, to, code, codes } = this;
    this.end();
    if (on) {
      timeline.dragged = true;
      setTimeout(() => { timeline.dragged = false; });
      timeline.keyboard.set(code, from, to - from);
      timeline.options.onCreate(codes, from, to);
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
    this.scroll.stop();
    for (const ghost of this.ghosts.values()) ghost.remove();
    this.timeline.tip.hidden = true;
    this.timeline.unlight();
  }
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
  addEventListener("keydown", (event) => event.key === "Escape" && hide());
}

function describe(timeline, node) {
  const entry = timeline.entries[Number(node.dataset.id)];
  const { texts } = timeline.options;
  const name = nameOf(entry, texts);
  const state = entry.via ? "" : stateOf(entry, texts);
  const more = [entry.company_name, entry.production, state].filter((x) => x && x !== name);
  const room = timeline.rows.get(entry.facility).facility.name;
  const when = `${room} · ${timeline.say.span(entry.s, entry.e)}`;
  const lines = [el("b", "", {}, name), el("span", "", {}, when)];
  if (more.length) lines.push(el("span", "", {}, more.join(" · ")));
  const clock = entry.state === "confirmed" ? texts.checkInBy : texts.lapses;
  if (entry.expires && !entry.via) {
    const moment = timeline.say.moment(minutes(entry.expires));
    lines.push(el("span", "", {}, clock.replace("{moment}", moment)));
  }
  showTip(timeline, node, "is-about", lines);
}
