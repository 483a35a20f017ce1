// @ts-check
/** What part of time each view of the planning shows. Minutes of the site's clock. */

import { DAY, midnight, weekday } from "./timeline/wallclock.js";

export const VIEWS = ["day", "week", "fortnight", "month"];

const LENGTH = { day: 1, week: 7, fortnight: 14 };

const date = (/** @type {number} */ minute) => new Date(minute * 60000);

/** The first of a month, `by` months on. @param {number} minute */
const month = (minute, by = 0) => (
  Date.UTC(date(minute).getUTCFullYear(), date(minute).getUTCMonth() + by, 1) / 60000);

/** Where a view around a minute begins. @param {string} view @param {number} minute */
export function firstOf(view, minute) {
  if (view === "month") return month(minute);
  return midnight(minute) - (view === "day" ? 0 : weekday(minute) * DAY);
}

/** How many days a view shows. @param {string} view @param {number} start */
export const lengthOf = (view, start) => LENGTH[view] ?? (month(start, 1) - start) / DAY;

/** Where the view before (-1) or after (1) begins. */
export function stepped(/** @type {string} */ view, /** @type {number} */ start, way) {
  return view === "month" ? month(start, way) : start + way * LENGTH[view] * DAY;
}
