// @ts-check
/**
 * The spoken cursor: one tab stop in the grid, arrows move a stretch of time over the rows.
 * Arrows 30 minutes or a row, Ctrl + arrows a day, Shift + arrows the end, Ctrl + Shift + arrows the
 * beginning, Enter books or opens. X takes the booking that is there along, until Enter drops it.
 */

import { movable } from "./grab.js";
import { endOf, place } from "./layout.js";
import { el, setPlace } from "./render.js";
import { showVerdict } from "./tip.js";
import { DAY, midnight } from "./wallclock.js";

const STEP = 30;

export class Keyboard {
  /** @param {import("./timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.box = el("div", "tl-cursor", { "aria-hidden": "true", hidden: "" });
    /** @type {{code: string, start: number, length: number} | null} */
    this.at = null;
    /** @type {import("./render.js").Entry | null} */
    this.held = null;
    timeline.root.addEventListener("pointerdown", () => this.#letGo());
    timeline.root.addEventListener("keydown", (event) => this.#key(event));
    timeline.root.addEventListener("focusin", (event) => this.#focused(event));
    timeline.root.addEventListener("focusout", () => {
      if (!document.hasFocus()) return;
      this.box.classList.add("is-asleep");
    });
  }

  /** After a new window: the cursor keeps its place if it can. */
  restore() {
    const { axis, rows } = this.timeline;
    if (this.at && rows.has(this.at.code)) {
      const inside = this.at.start >= axis.start && this.at.start < endOf(axis);
      if (!inside) this.at.start = axis.start + (this.at.start - midnight(this.at.start));
      this.#draw();
      return;
    }
    const first = this.timeline.visible()[0];
    if (first) this.#stopAt(rows.get(first).cells[0]);
  }

  /**
   * Puts the cursor somewhere, draws and says it.
   * @param {string} code @param {number} start @param {number} [length]
   */
  set(code, start, length = this.at?.length ?? 60) {
    this.at = { code, start: this.#within(start), length };
    const cell = this.#draw();
    if (cell !== document.activeElement) {
      this.moving = true;
      cell.focus({ preventScroll: true });
      this.moving = false;
    }
    this.box.classList.remove("is-asleep");
    this.box.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#speak();
  }

  get end() {
    return this.at.start + this.at.length;
  }

  /** A time between the axis's hours: past the evening comes the morning. Bookings go anywhere. */
  #within(minute) {
    const { axis } = this.timeline;
    if (this.held) return minute;
    const inDay = minute - midnight(minute);
    if (inDay >= axis.to) return midnight(minute) + DAY + axis.from;
    if (inDay < axis.from) return midnight(minute) + axis.from;
    return minute;
  }

  #draw() {
    const { axis, rows } = this.timeline;
    const row = rows.get(this.at.code);
    const day = Math.floor((this.at.start - axis.start) / DAY);
    const cell = row.cells[Math.min(Math.max(day, 0), axis.days - 1)];
    row.track.append(this.box);
    this.box.hidden = false;
    setPlace(this.box, place(axis, this.at.start, this.end));
    this.#stopAt(cell);
    return cell;
  }

  #stopAt(cell) {
    if (this.stop) this.stop.tabIndex = -1;
    this.stop = cell;
    cell.tabIndex = 0;
  }

  #speak() {
    const { timeline, at, held } = this;
    const { facility } = timeline.rows.get(at.code);
    const found = timeline.verdict(at.code, at.start, this.end, held?.booking);
    const time = timeline.say.span(at.start, this.end);
    timeline.live.textContent = timeline.options.texts.spoken
      .replace("{facility}", facility.name)
      .replace("{day}", timeline.say.long(at.start))
      .replace("{time}", time)
      .replace("{verdict}", timeline.verdictWords(found));
    if (!held) return;
    this.box.className = `tl-cursor tl-ghost is-${found.kind}`;
    this.box.replaceChildren(time);
    showVerdict(timeline, this.box, `${time} · ${facility.name}`, found);
    timeline.light(at.code, at.start, this.end, held.booking);
  }

  #focused(event) {
    const cell = event.target;
    if (this.moving || !cell.classList.contains("tl-cell")) return;
    const { axis } = this.timeline;
    const code = cell.closest("[data-code]").dataset.code;
    const zero = axis.start + Number(cell.dataset.day) * DAY;
    const kept = this.at?.code === code && midnight(this.at.start) === zero;
    this.set(code, kept ? this.at.start : zero + Math.max(axis.from, 9 * 60));
  }

  #key(event) {
    if (!event.target.classList.contains("tl-cell") || !this.at || event.altKey) return;
    const { key, shiftKey: longer } = event;
    const far = event.ctrlKey || event.metaKey;
    const act = (this.held && this.#carry(key)) ?? this.#act(key, far, longer);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #act(key, far, longer) {
    const { code, start, length } = this.at;
    const { axis } = this.timeline;
    const along = (way) => {
      if (longer && far) return this.#resize(start + way * STEP, length - way * STEP);
      if (longer) return this.#resize(start, length + way * STEP);
      return this.#go(far ? start + way * DAY : this.#step(start, way));
    };
    const acts = {
      ArrowRight: () => along(1),
      ArrowLeft: () => along(-1),
      ArrowDown: () => this.#row(1),
      ArrowUp: () => this.#row(-1),
      PageDown: () => this.#page(1, start + axis.days * DAY),
      PageUp: () => this.#page(-1, start - axis.days * DAY),
      Home: () => this.#go((far ? axis.start : midnight(start)) + axis.from),
      End: () => this.#go((far ? endOf(axis) - DAY : midnight(start)) + axis.to - length),
      Enter: () => this.#enter(longer),
      " ": () => this.#enter(longer),
      n: () => this.timeline.options.onCreate([code], start, this.end),
      x: () => this.#take(),
      Escape: () => { this.box.hidden = true; },
    };
    return far && key.length === 1 ? undefined : acts[key];
  }

  /** What keys mean besides while a booking is held. */
  #carry(key) {
    const { facility, s, e } = this.held;
    const back = () => {
      this.#letGo();
      this.set(facility, s, e - s);
    };
    return { Enter: () => this.#drop(), " ": () => this.#drop(), Escape: back, x: back, n() {} }[key];
  }

  #resize(start, length) {
    if (length >= STEP) this.set(this.at.code, start, length);
  }

  #take() {
    const there = this.#there();
    if (!there || !movable(there)) return;
    this.held = there;
    this.set(this.at.code, there.s, there.e - there.s);
    const { live, options } = this.timeline;
    live.textContent = `${options.texts.held} ${live.textContent}`;
  }

  #drop() {
    const { held, at, end } = this;
    this.#letGo();
    const same = held.facility === at.code && held.s === at.start && held.e === end;
    if (!same) this.timeline.options.onMove(held, at.code, at.start, end);
  }

  #letGo() {
    if (!this.held) return;
    this.held = null;
    this.box.className = "tl-cursor";
    this.box.replaceChildren();
    this.timeline.tip.hidden = true;
    this.timeline.unlight();
  }

  /** Half an hour on, over the night in one step. */
  #step(start, way) {
    const { axis } = this.timeline;
    const next = start + way * STEP;
    if (this.held) return next;
    return next - midnight(start) < axis.from && way < 0 ? midnight(start) - DAY + axis.to - STEP
      : next;
  }

  #go(start) {
    const { axis } = this.timeline;
    const wanted = this.#within(start);
    if (wanted < axis.start) return this.#page(-1, start);
    if (wanted >= endOf(axis)) return this.#page(1, wanted);
    return this.set(this.at.code, wanted);
  }

  async #page(way, start) {
    await this.timeline.options.onPage(way);
    this.set(this.at.code, start);
  }

  #row(way) {
    const codes = this.timeline.visible();
    const next = codes[codes.indexOf(this.at.code) + way];
    if (next) this.set(next, this.at.start);
  }

  /** The first booking where the cursor is. */
  #there() {
    const { code, start } = this.at;
    return this.timeline.rows.get(code).entries
      .find((entry) => entry.s < this.end && start < entry.e);
  }

  #enter(always) {
    const there = this.#there();
    if (there && !always) this.timeline.open(there);
    else this.timeline.options.onCreate([this.at.code], this.at.start, this.end);
  }
}
