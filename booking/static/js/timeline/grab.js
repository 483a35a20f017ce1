// @ts-check
/**
 * Taking hold of a bar: its middle moves it to another time or facility, its ends make it longer
 * or shorter. Nothing has happened before the release; Escape lets go.
 */

import { Autoscroll } from "./autoscroll.js";
import { minuteAt, place } from "./layout.js";
import { el, setPlace } from "./render.js";
import { showVerdict } from "./tip.js";

const STEP = 15;
const NEAR = 6;
const EDGE_PX = 9;
const PRESS_MS = 350;
const MOVABLE = ["requested", "option", "confirmed"];

/** Begins where the bar is one that the person may know. @returns {boolean} whether it did */
export function grab(timeline, event) {
  const node = event.target.closest(".tl-bar");
  const entry = node && timeline.entries[Number(node.dataset.id)];
  if (!movable(entry) || event.button !== 0) return false;
  new Grab(timeline, entry, node, event);
  return true;
}

/**
 * Whether a person may take hold of it; the server says whether they may move it.
 * @param {import("./render.js").Entry | undefined} entry
 */
export const movable = (entry) => entry?.booking && !entry.via && MOVABLE.includes(entry.state);

class Grab {
  constructor(timeline, entry, node, first) {
    Object.assign(this, { timeline, entry, node, first });
    this.row = timeline.rows.get(entry.facility);
    this.code = entry.facility;
    this.from = entry.s;
    this.to = entry.e;
    this.ghost = el("div", "tl-ghost");
    this.scroll = new Autoscroll(timeline, (event) => this.reach(event));
    this.part = edge(node, first.clientX);
    this.anchor = this.minute(first.clientX);
    this.quit = new AbortController();
    const { signal } = this.quit;
    addEventListener("pointermove", (event) => this.move(event), { signal });
    addEventListener("pointerup", () => this.drop(), { signal });
    addEventListener("pointercancel", () => this.end(), { signal });
    addEventListener("dragstart", (event) => event.preventDefault(), { signal });
    addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
    const hold = { signal, passive: false };
    timeline.root.addEventListener("touchmove", (event) => this.on && event.preventDefault(), hold);
    this.touch = first.pointerType === "touch";
    if (this.touch) this.timer = setTimeout(() => this.start(), PRESS_MS);
  }

  minute(x) {
    const box = this.row.track.getBoundingClientRect();
    return minuteAt(this.timeline.axis, (x - box.left) / box.width);
  }

  start() {
    this.on = true;
    this.timeline.dragged = true;
    this.node.classList.add("is-grabbed");
    this.choose(this.code, this.from, this.to);
  }

  move(event) {
    const far = Math.hypot(event.clientX - this.first.clientX, event.clientY - this.first.clientY);
    if (!this.on) {
      if (far <= NEAR) return;
      if (this.touch) return void this.end();
      this.start();
    }
    this.scroll.follow(event);
    return this.reach(event);
  }

  /** Puts the bar, or the end of it that was taken, under the pointer. */
  reach(event) {
    const by = Math.round((this.minute(event.clientX) - this.anchor) / STEP) * STEP;
    const { s, e } = this.entry;
    if (this.part === "start") return this.choose(this.code, Math.min(s + by, e - STEP), e);
    if (this.part === "end") return this.choose(this.code, s, Math.max(e + by, s + STEP));
    return this.choose(this.codeUnder(event) ?? this.code, s + by, e + by);
  }

  codeUnder(event) {
    const row = document.elementFromPoint(event.clientX, event.clientY)?.closest("[data-code]");
    return row instanceof HTMLElement ? row.dataset.code : null;
  }

  choose(code, from, to) {
    if (this.ghost.isConnected && this.code === code && this.from === from && this.to === to) return;
    Object.assign(this, { code, from, to });
    const { timeline, ghost } = this;
    const row = timeline.rows.get(code);
    const found = timeline.verdict(code, from, to, this.entry.booking);
    const time = timeline.say.span(from, to);
    if (ghost.parentElement !== row.track) row.track.append(ghost);
    setPlace(ghost, place(timeline.axis, from, to));
    ghost.className = `tl-ghost is-${found.kind}`;
    ghost.replaceChildren(time);
    showVerdict(timeline, ghost, `${time} · ${row.facility.name}`, found);
    timeline.light(code, from, to, this.entry.booking);
  }

  drop() {
    const { timeline, entry, on, code, from, to } = this;
    this.end();
    const same = code === entry.facility && from === entry.s && to === entry.e;
    if (on && !same) timeline.options.onMove(entry, code, from, to);
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
    this.ghost.remove();
    this.node.classList.remove("is-grabbed");
    this.timeline.tip.hidden = true;
    this.timeline.unlight();
    /* the click that follows a drag opens nothing */
    if (this.on) setTimeout(() => { this.timeline.dragged = false; });
  }
}

/** Which part of a bar is under the pointer; small bars have no ends. */
function edge(node, x) {
  const box = node.getBoundingClientRect();
  if (box.width < 4 * EDGE_PX) return "middle";
  if (x < box.left + EDGE_PX) return "start";
  return x > box.right - EDGE_PX ? "end" : "middle";
}
