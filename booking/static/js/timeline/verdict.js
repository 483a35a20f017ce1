// @ts-check
/**
 * A first opinion on a wish, while the pointer still moves. The server decides; this only spares
 * people a journey. Pure functions over what the page already shows.
 */

import { midnight, weekday } from "./wallclock.js";

/**
 * @typedef {"free" | "option" | "conflict" | "shut" | "past" | "pool" | "full"} Kind
 * @typedef {import("./render.js").Entry} Entry
 * @typedef {{kind: Kind, with: Entry[], rank: number, reason?: string, left?: number}} Verdict
 */

const openAt = (opening, minute) => (opening[weekday(minute)] ?? [])
  .some(([from, to]) => from <= minute - midnight(minute) && minute - midnight(minute) < to);

/**
 * Whether [start, end) begins and ends in opening hours: the nights in between are the holder's
 * (core/rules/hours.py). A week without hours is open all the time.
 * @param {number[][][]} opening @param {number} start @param {number} end
 */
export function isOpen(opening, start, end) {
  if (!opening.some((spans) => spans.length)) return true;
  return openAt(opening, start) && openAt(opening, end - 1);
}

/**
 * What stands in the way of a wish, buffers of both sides included.
 * @param {import("./render.js").Facility} facility
 * @param {import("./render.js").Entry[]} entries of that facility
 * @param {number} start @param {number} end
 */
export function clashes(facility, entries, start, end) {
  const from = start - facility.setup_min;
  const till = end + facility.turnaround_min;
  return entries.filter((entry) => entry.from < till && from < entry.till);
}

/** The highest sum of amounts at any instant. @param {Entry[]} held */
export function mostTaken(held) {
  const at = (/** @type {number} */ minute) => held
    .filter((one) => one.from <= minute && minute < one.till)
    .reduce((sum, one) => sum + (one.amount ?? 0), 0);
  return Math.max(0, ...held.map((one) => at(one.from)));
}

/**
 * @param {import("./render.js").Facility} facility
 * @param {import("./render.js").Entry[]} entries @param {import("./render.js").Closure[]} closures
 * @param {number} start @param {number} end @param {number} now
 * @returns {Verdict}
 */
export function verdict(facility, entries, closures, start, end, now) {
  const closed = closures.find((closure) => closure.s < end && start < closure.e);
  const held = clashes(facility, entries, start, end);
  const rank = 1 + held.reduce((most, entry) => Math.max(most, entry.rank), 0);
  const say = (/** @type {Kind} */ kind, reason = "") => ({ kind, with: held, rank, reason });
  if (start < now) return say("past");
  if (closed) return say("shut", closed.reason);
  if (!facility.bookable) return say("shut");
  if (facility.quantity > 1) {
    const left = facility.quantity - mostTaken(held);
    if (left > 0 && !isOpen(facility.opening, start, end)) return say("shut");
    return { ...say(left > 0 ? "pool" : "full"), left };
  }
  if (held.some((entry) => entry.state !== "option" || entry.via)) return say("conflict");
  if (held.length) return say(rank > 3 ? "conflict" : "option");
  return say(isOpen(facility.opening, start, end) ? "free" : "shut");
}

/**
 * A verdict in a sentence. @param {Verdict} found @param {any} texts
 * @param {(entry: import("./render.js").Entry) => string} name
 */
export function inWords(found, texts, name) {
  if (found.kind === "conflict" && !found.with.some((one) => one.title)) return texts.taken;
  const who = [...new Set(found.with.map(name))].join(", ");
  const fill = (/** @type {string} */ text) => text.replace("{who}", who)
    .replace("{rank}", String(found.rank)).replace("{reason}", found.reason ?? "")
    .replace("{left}", String(found.left ?? ""));
  if (found.kind === "option") return fill(found.rank > 2 ? texts.third : texts.second);
  if (found.kind === "shut") return fill(found.reason ? texts.closed : texts.shut);
  return fill(texts[found.kind]);
}
