// @ts-check
/**
 * The spoken cursor: one tab stop in the grid, arrows move a stretch of time over the rows.
 * Arrows 30 minutes or a row, Ctrl + arrows a day, Shift + arrows the length, Enter books or opens.
 */

import { endOf, place } from "./layout.js";
import { el, setPlace } from "./render.js";
import { DAY, midnight } from "./wallclock.js";

const STEP = 30;

export class Keyboard {
  /** @param {import("./timeline.js").Timeline} timeline */
  constructor(timeline) {
    this.timeline = timeline;
    this.box = el("div", "tl-cursor", { "aria-hidden": "true", hidden: "" });
    /** @type {{code: string, start: number, length: number} | null} */
    this.at = null;
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
    this.at = { code, start: this.#within(start), length: Math.max(length, STEP) };
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

  /** A time between the axis's hours: past the evening comes the morning. */
  #within(minute) {
    const { axis } = this.timeline;
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
    const { timeline, at } = this;
    const facility = timeline.rows.get(at.code).facility;
    const found = timeline.verdict(at.code, at.start, this.end);
    timeline.live.textContent = timeline.options.texts.spoken
      .replace("{facility}", facility.name)
      .replace("{day}", timeline.say.long(at.start))
      .replace("{time}", timeline.say.span(at.start, this.end))
      .replace("{verdict}", timeline.verdictWords(found));
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
    const act = this.#act(event.key, event.ctrlKey || event.metaKey, event.shiftKey);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  #act(key, far, longer) {
    const { code, start, length } = this.at;
    const { axis } = this.timeline;
    const along = (way) => {
      if (longer) return this.set(code, start, length + way * STEP);
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
      Escape: () => { this.box.hidden = true; },
    };
    return far && key === "n" ? undefined : acts[key];
  }

  /** Half an hour on, over the night in one step. */
  #step(start, way) {
    const { axis } = this.timeline;
    const next = start + way * STEP;
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

  #enter(always) {
    const { code, start } = this.at;
    const there = this.timeline.rows.get(code).entries
      .find((entry) => entry.s < this.end && start < entry.e);
    if (there && !always) this.timeline.open(there);
    else this.timeline.options.onCreate([code], start, this.end);
  }
}
