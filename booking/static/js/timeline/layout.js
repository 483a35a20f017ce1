// @ts-check
/** Where things stand on the time axis: pure functions, no document. */

import { DAY, midnight, weekday } from "./wallclock.js";

/**
 * A window of whole days, each showing the minutes [from, to) of the day; what lies outside takes
 * no room.
 * @typedef {{start: number, days: number, from: number, to: number}} Axis
 */

/** The share 0..1 of the window's width at a minute. @param {Axis} axis @param {number} minute */
export function share(axis, minute) {
  const shown = axis.to - axis.from;
  const day = Math.floor((minute - axis.start) / DAY);
  const inside = minute - axis.start - day * DAY - axis.from;
  const along = day * shown + Math.min(Math.max(inside, 0), shown);
  return Math.min(Math.max(along / (axis.days * shown), 0), 1);
}

/** The minute at a share 0..1 of the width. @param {Axis} axis @param {number} part */
export function minuteAt(axis, part) {
  const shown = axis.to - axis.from;
  const along = Math.min(Math.max(part, 0), 0.999999) * axis.days * shown;
  const day = Math.floor(along / shown);
  return axis.start + day * DAY + axis.from + (along - day * shown);
}

/** The end of the window. @param {Axis} axis */
export const endOf = (axis) => axis.start + axis.days * DAY;

const hidden = (/** @type {Axis} */ axis, /** @type {number} */ minute) => {
  const inDay = minute - midnight(minute);
  return inDay < axis.from || inDay > axis.to;
};

/**
 * A bar for [start, end): its place in shares, and whether it goes on beyond what is drawn.
 * @param {Axis} axis @param {number} start @param {number} end
 */
export function place(axis, start, end) {
  const left = share(axis, start);
  return {
    left,
    width: Math.max(share(axis, end) - left, 0),
    cutStart: start < axis.start || hidden(axis, start),
    cutEnd: end > endOf(axis) || hidden(axis, end),
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
