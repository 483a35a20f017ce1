// @ts-check
/** Makes the timeline's elements. Knows how things look, not when they change. */

import { place, share, shareOfDay, shut } from "./layout.js";
import { DAY, HOUR, weekday } from "./wallclock.js";

/**
 * @typedef {{code: string, name: string, site: string, site_name: string, kind: string,
 *   kind_name: string, group: string | null, capacity: number | null, quantity: number,
 *   bookable: boolean, setup_min: number, turnaround_min: number, approval: string,
 *   opening: number[][][]}} Facility
 * @typedef {{facility: string, state: string, rank: number, mine: boolean, via: string | null,
 *   booking: string | null, title: string | null, company: string | null,
 *   company_name: string | null, production: string | null, via_name?: string, s: number,
 *   amount: number | null, expires: string | null, of?: number, e: number, from: number, till: number, lane: number, next: number, id: number}} Entry
 * @typedef {{facility: string, reason: string, s: number, e: number}} Closure
 */

export const LANE = 28;
const SVG = "http://www.w3.org/2000/svg";
const ICONS = { confirmed: "check", requested: "clock", checked_in: "door", completed: "check" };

/**
 * An element with a class, attributes (null is left out) and children.
 * @param {string} tag @param {string} [look] @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} children
 */
export function el(tag, look = "", attributes = {}, ...children) {
  const node = document.createElement(tag);
  if (look) node.className = look;
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

const drawn = /** @type {HTMLTemplateElement | null} */ (document.querySelector("#drawn"));

/** A picture: a copy of what the page has drawn, else one of the sprite. @param {string} name */
export function icon(name) {
  const original = drawn?.content.querySelector(`#drawn-${name}`);
  if (original) {
    const copy = /** @type {SVGElement} */ (original.cloneNode(true));
    copy.removeAttribute("id");
    return copy;
  }
  const sprite = /** @type {HTMLMetaElement} */ (document.querySelector("meta[name=sprite]"));
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${sprite.content}#${name}`);
  svg.append(use);
  return svg;
}

const percent = (/** @type {number} */ share) => `${Math.round(share * 1e6) / 1e4}%`;

/**
 * Puts a node at its place on the track, widths in % of the whole window; all in one piece, since
 * the browser reads each separately.
 * @param {HTMLElement} node @param {{left: number, width: number}} at
 * @param {{inset?: number, lane?: number}} [more] pixels it is shorter by; where it is not alone
 */
export function setPlace(node, at, { inset = 0, lane } = {}) {
  const wide = percent(at.width);
  const width = inset ? `calc(${wide} - ${inset}px)` : wide;
  const top = lane === undefined ? "" : `;inset-block-start:${4 + lane * LANE}px`;
  node.style.cssText = `inset-inline-start:${percent(at.left)};width:${width}${top}`;
}

/**
 * The row of days. @param {import("./layout.js").Axis} axis
 * @param {any} say words() of the locale @param {string} corner
 * @param {{today: number, holidays: Map<number, string>}} marks by midnight
 */
export function header(axis, say, corner, marks) {
  const row = el("div", "tl-row tl-head", { role: "row" });
  row.append(el("div", "tl-label", { role: "columnheader" }, corner));
  const track = el("div", "tl-track");
  for (let day = 0; day < axis.days; day += 1) {
    track.append(dayHead(axis, say, axis.start + day * DAY, marks));
  }
  row.append(track);
  return row;
}

/** A day: one click leads into it; by keyboard the key D does. */
function dayHead(axis, say, zero, { today, holidays }) {
  const part = Object.fromEntries(say.parts(zero).map((x) => [x.type, x.value]));
  const holiday = holidays.get(zero);
  const name = el("span", "tl-date", { "data-day-start": axis.days > 1 ? zero : null },
    `${part.weekday} `, el("b", "", {}, part.day), axis.days > 7 ? "" : ` ${part.month}`);
  const current = zero === today ? "date" : null;
  const cell = el("div", "tl-day", { role: "columnheader", "aria-current": current }, name);
  cell.classList.toggle("is-weekend", weekday(zero) > 4 || holiday !== undefined);
  cell.classList.toggle("is-today", zero === today);
  const spoken = [say.long(zero), holiday].filter(Boolean).join(", ");
  cell.append(el("span", "sr-only", {}, spoken));
  if (holiday) cell.append(el("span", "tl-holiday", { title: holiday, "aria-hidden": "true" }, holiday));
  if (axis.days <= 14) cell.append(hours(axis));
  name.setAttribute("aria-hidden", "true");
  return cell;
}

function hours(axis) {
  const step = tick(axis) * (axis.days > 1 ? 2 : 1);
  const box = el("span", "tl-hours", { "aria-hidden": "true" });
  const first = Math.ceil(axis.from / step) * step;
  for (let minute = first; minute < axis.to; minute += step) {
    const mark = el("span", "", {}, String(minute / HOUR).padStart(2, "0"));
    mark.style.insetInlineStart = percent(shareOfDay(axis, minute));
    box.append(mark);
  }
  return box;
}

/** Minutes between two lines of the grid. @param {import("./layout.js").Axis} axis */
export function tick(axis) {
  if (axis.days === 1) return HOUR;
  if (axis.days > 14) return axis.to - axis.from;
  if (axis.days > 7) return axis.to - axis.from > 16 * HOUR ? 6 * HOUR : 4 * HOUR;
  return axis.to - axis.from > 16 * HOUR ? 3 * HOUR : 2 * HOUR;
}

/**
 * A heading row of the tree, with the button that folds it.
 * @param {string} key @param {string} name @param {number} level @param {number} count
 */
export function group(key, name, level, count) {
  const fold = el("button", "tl-fold", { type: "button" }, icon("chevron-down"), name);
  fold.append(el("span", "tl-count", {}, String(count)));
  const attributes = { role: "row", "aria-level": level, "aria-expanded": "true", "data-key": key };
  return el("div", `tl-row tl-group is-level${level}`, attributes,
    el("div", "tl-label", { role: "rowheader" }, fold),
    el("div", "tl-track", { role: "gridcell" }));
}

/**
 * A facility's row: label and one empty cell a day.
 * @param {Facility} facility @param {number} days @param {any} texts
 */
export function facilityRow(facility, days, texts) {
  const label = el("div", "tl-label", { role: "rowheader" },
    el("span", "tl-name", {}, facility.name));
  if (facility.quantity > 1) {
    label.append(el("span", "tl-size", { title: texts.pool_label }, `× ${facility.quantity}`));
  } else if (facility.capacity) {
    label.append(el("span", "tl-size", { title: texts.capacity }, icon("users"),
      String(facility.capacity)));
  }
  const track = el("div", "tl-track");
  for (let day = 0; day < days; day += 1) {
    track.append(el("div", "tl-cell", { role: "gridcell", tabindex: "-1", "data-day": day }));
  }
  const attributes = { role: "row", "aria-level": 3, "data-code": facility.code };
  return el("div", "tl-row tl-room", attributes, label, track);
}

/** Shut hours and closures behind the bars. @returns {HTMLElement[]} */
export function shade(axis, facility, closures) {
  const made = shut(axis, facility.opening).map(([a, b]) => {
    const node = el("div", "tl-shut", { "aria-hidden": "true" });
    setPlace(node, { left: share(axis, a), width: share(axis, b) - share(axis, a) });
    return node;
  });
  for (const closure of closures) {
    const at = place(axis, closure.s, closure.e);
    if (at.width <= 0) continue;
    const node = el("div", "tl-closure s-closed", {}, icon("lock"),
      el("span", "tl-text", {}, closure.reason));
    setPlace(node, at, { inset: 1 });
    made.push(node);
  }
  return made;
}

/** What a bar is called, as far as this person may know. @param {Entry} entry @param {any} texts */
export function nameOf(entry, texts) {
  if (entry.via) return texts.via.replace("{facility}", entry.via_name ?? entry.via);
  if (entry.amount) {
    const share = texts.share.replace("{amount}", String(entry.amount))
      .replace("{quantity}", String(entry.of ?? ""));
    return entry.title ? `${share} – ${entry.title}` : share;
  }
  if (entry.title) return entry.title;
  if (entry.state === "option") return texts.option.replace("{rank}", String(entry.rank));
  return texts.occupied;
}

/** The look of an entry, also used by its card. @param {Entry} entry */
export function lookOf(entry) {
  if (entry.via) return "s-via";
  const masked = entry.title ? "" : " is-masked";
  return `s-${entry.state}${entry.rank > 1 ? " is-behind" : ""}${masked}`;
}

function mark(entry) {
  if (entry.via) return icon("link");
  if (entry.state === "option") return el("span", "rank", { "data-rank": entry.rank });
  return icon(entry.title ? ICONS[entry.state] ?? "check" : "lock");
}

/**
 * A bar: a link to one's own booking, else a button that opens a card. A short one holds what it
 * has room for, no more: border, pattern and tip tell the rest, and what is not made costs nothing.
 * @param {Entry} entry @param {import("./layout.js").Axis} axis @param {any} tools texts, say, urls
 * @param {number} wide pixels of the whole track
 */
export function bar(entry, axis, { texts, say, urls }, wide) {
  const at = place(axis, entry.s, entry.e);
  const own = entry.booking && !entry.via;
  const title = nameOf(entry, texts);
  const state = entry.via ? texts.occupied : stateOf(entry, texts);
  const spoken = [state, title, entry.company_name, say.span(entry.s, entry.e)];
  const node = el(own ? "a" : "button", `tl-bar ${lookOf(entry)}`, {
    href: own ? urls.booking + entry.booking : null,
    type: own ? null : "button", tabindex: "-1", "data-id": entry.id,
    "aria-label": [...new Set(spoken.filter(Boolean))].join(", "),
  });
  setPlace(node, at, { inset: 2, lane: entry.lane });
  if (at.cutStart) node.classList.add("is-cut-start");
  if (at.cutEnd) node.classList.add("is-cut-end");
  const room = at.width * wide - EDGES;
  const short = room < TEXT || at.width <= (axis.days === 1 ? 0.09 : 0.4 / axis.days);
  const beyond = short && spilled(entry, axis, at, wide);
  if (short) node.classList.add("is-short");
  if (beyond) node.classList.add("is-spilling");
  if (!short || (room >= MARK && !at.cutStart && !at.cutEnd)) node.append(mark(entry));
  if (!short || room >= TEXT || beyond) node.append(caption(entry, title, beyond));
  return node;
}

/* pixels that things need; a short bar that goes on elsewhere has its arrow instead of a mark */
const MARK = 13;
const TEXT = 54;
const SPILLED = 40;
const EDGES = 8; // border, padding and the gap to the next bar

function caption(entry, title, style) {
  const text = el("span", "tl-text", {}, el("b", "", {}, title));
  if (entry.company_name && !entry.via) text.append(" ", entry.company_name);
  if (style) text.style.cssText = style;
  return text;
}

/** The state in words. @param {Entry} entry @param {any} texts */
export function stateOf(entry, texts) {
  if (entry.state === "option") return texts.option.replace("{rank}", String(entry.rank));
  return entry.title ? texts.states[entry.state] ?? entry.state : texts.occupied;
}

/** The style of a short bar's text that stands at its right, where the lane is free, else null. */
function spilled(entry, axis, at, wide) {
  if (!entry.title) return null;
  const room = share(axis, Math.min(entry.next, entry.s + 2 * DAY)) - at.left - at.width;
  const tail = share(axis, entry.till) - at.left - at.width;
  if ((room - tail) * wide < SPILLED || room < at.width * 0.6) return null;
  const part = (/** @type {number} */ width) => (width / Math.max(at.width, 0.001)) * 100;
  return `max-width:${part(Math.min(room, 1 / axis.days))}%;`
    + `padding-inline-start:calc(${part(tail)}% + 5px)`;
}

/** Set-up before and turnaround after a bar, lighter. @returns {HTMLElement[]} */
export function tails(entry, axis, fade) {
  const made = [];
  for (const [a, b, side] of [[entry.from, entry.s, "before"], [entry.e, entry.till, "after"]]) {
    const at = place(axis, Number(a), Number(b));
    if (at.width <= 0) continue;
    const look = `tl-tail is-${side}${fade ? " is-faded" : ""}`;
    const node = el("div", look, { "aria-hidden": "true" });
    setPlace(node, at, { lane: entry.lane });
    made.push(node);
  }
  return made;
}
