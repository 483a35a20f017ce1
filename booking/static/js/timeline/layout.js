// @ts-check
/** Where things stand on the time axis: pure functions, no document. */

import { DAY, weekday } from "./wallclock.js";

/**
 * A window of whole days. Of each, the minutes [from, to) are drawn as wide as they are long, the
 * night around them as a strip: nothing is hidden, little is wasted.
 * @typedef {{start: number, days: number, from: number, to: number}} Axis
 */

const NIGHT = 0.2; // as wide as so much of the same time by day

/** How far into a day's width a minute of the day is, in minutes by day. */
const along = (/** @type {Axis} */ { from, to }, /** @type {number} */ inDay) => (
  Math.min(inDay, from) * NIGHT + Math.min(Math.max(inDay - from, 0), to - from)
    + Math.max(inDay - to, 0) * NIGHT);

/** The share 0..1 of a day's width at a minute of the day. @param {Axis} axis @param {number} inDay */
export const shareOfDay = (axis, inDay) => along(axis, inDay) / along(axis, DAY);

/** The share 0..1 of the window's width at a minute. @param {Axis} axis @param {number} minute */
export function share(axis, minute) {
  const day = Math.floor((minute - axis.start) / DAY);
  const part = (day + shareOfDay(axis, minute - axis.start - day * DAY)) / axis.days;
  return Math.min(Math.max(part, 0), 1);
}

/** The minute at a share 0..1 of the width. @param {Axis} axis @param {number} part */
export function minuteAt(axis, part) {
  const { start, days, from, to } = axis;
  const whole = Math.min(Math.max(part, 0), 0.999999) * days;
  const day = Math.floor(whole);
  const far = (whole - day) * along(axis, DAY);
  const [opens, closes] = [along(axis, from), along(axis, to)];
  const inDay = Math.min(far, opens) / NIGHT + Math.min(Math.max(far - opens, 0), closes - opens)
    + Math.max(far - closes, 0) / NIGHT;
  return start + day * DAY + inDay;
}

/** The end of the window. @param {Axis} axis */
export const endOf = (axis) => axis.start + axis.days * DAY;

/**
 * A bar for [start, end): its place in shares, and whether it goes on beyond what is drawn.
 * @param {Axis} axis @param {number} start @param {number} end
 */
export function place(axis, start, end) {
  const left = share(axis, start);
  return {
    left,
    width: Math.max(share(axis, end) - left, 0),
    cutStart: start < axis.start,
    cutEnd: end > endOf(axis),
  };
}

/**
 * Gives each entry a `lane`, first ranks above those that wait behind them; `next` is where the
 * lane's following entry begins. Sorts in place. Returns the number of lanes.
 * @param {import("./render.js").Entry[]} entries
 */
export function stack(entries) {
  entries.sort((a, b) => a.rank - b.rank || a.s - b.s || a.e - b.e);
  /** @type {import("./render.js").Entry[][]} */
  const lanes = [];
  for (const entry of entries) {
    let lane = entry.rank - 1;
    while (lanes[lane]?.some((other) => other.from < entry.till && entry.from < other.till)) {
      lane += 1;
    }
    entry.lane = lane;
    while (lanes.length <= lane) lanes.push([]);
    lanes[lane].push(entry);
  }
  for (const lane of lanes) {
    lane.sort((a, b) => a.s - b.s);
    lane.forEach((entry, i) => { entry.next = lane[i + 1]?.from ?? Infinity; });
  }
  entries.sort((a, b) => a.s - b.s || a.rank - b.rank);
  return Math.max(lanes.length, 1);
}

/**
 * The stretches of the window in which a facility is shut, neighbours joined.
 * @param {Axis} axis
 * @param {number[][][]} opening per weekday, Monday first, minutes of the day
 * @returns {[number, number][]}
 */
export function shut(axis, opening) {
  if (!opening.some((spans) => spans.length)) return [];
  /** @type {[number, number][]} */
  const gaps = [];
  let since = axis.start;
  for (let day = 0; day < axis.days; day += 1) {
    const zero = axis.start + day * DAY;
    for (const [open, close] of opening[weekday(zero)] ?? []) {
      if (zero + open > since) gaps.push([since, zero + open]);
      since = zero + close;
    }
  }
  if (since < endOf(axis)) gaps.push([since, endOf(axis)]);
  return gaps.filter(([a, b]) => share(axis, b) - share(axis, a) > 0.0001);
}
