// @ts-check
/** The API's calendar in minutes of the site's clock, as the timeline reckons. Pure functions. */

import { minutes } from "./wallclock.js";

/**
 * Bookings; buffers count from `from` until `till`.
 * @param {any} calendar the API's answer
 * @param {Map<string, import("./render.js").Facility>} facilities by code
 * @returns {import("./render.js").Entry[]}
 */
export function entriesOf(calendar, facilities) {
  return calendar.occurrences.map((one, id) => {
    const s = minutes(one.start);
    const e = Math.max(minutes(one.end), s + 1);
    return {
      ...one, id, s, e,
      from: s - (one.setup_min ?? 0), till: e + (one.turnaround_min ?? 0),
      via_name: facilities.get(one.via)?.name, of: facilities.get(one.facility)?.quantity,
    };
  });
}

/** @param {any} calendar @returns {import("./render.js").Closure[]} */
export const closuresOf = (calendar) => (calendar.closures ?? []).map((one) => ({
  ...one, s: minutes(one.start), e: minutes(one.end),
}));

/** The names of public holidays, by the midnight they begin. @param {any} calendar */
export function holidaysOf(calendar) {
  /** @type {Map<number, string>} */
  const found = new Map();
  for (const one of calendar.holidays ?? []) {
    const day = minutes(one.date);
    found.set(day, found.has(day) ? `${found.get(day)}, ${one.name}` : one.name);
  }
  return found;
}
