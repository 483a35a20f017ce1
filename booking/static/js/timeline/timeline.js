// @ts-check
/**
 * The timeline of facilities: rows of a tree (site, kind, facility), bars on a wall-clock axis.
 * It is told what to show and calls back when somebody wants something; it fetches nothing.
 */

import { closuresOf, entriesOf, holidaysOf } from "./entries.js";
import { endOf, share, shareOfDay, stack } from "./layout.js";
import { Keyboard } from "./keyboard.js";
import { attachPointer } from "./pointer.js";
import { LANE, bar, el, facilityRow, group, header, nameOf, shade, tails, tick } from "./render.js";
import { inWords, verdict } from "./verdict.js";
import { DAY, midnight, weekday, words } from "./wallclock.js";

const FOLDED = "planning.folded";
const MARGIN = 240;
/* as in timeline.css; asking the browser would cost a layout */
const HEIGHTS = { 0: 54, 1: 38, 2: 28 };
/* a browser that is never idle draws the rest all the same */
const SOON = { timeout: 250 };
const AT_ONCE = 60; // rows
const whenIdle = window.requestIdleCallback
  ?? ((task) => setTimeout(() => task({ timeRemaining: () => 8 }), 1));

/**
 * @typedef {object} Options
 * @property {import("./render.js").Facility[]} facilities in the order of the tree
 * @property {string} locale
 * @property {Record<string, any>} texts
 * @property {Record<string, string>} urls `booking`, before the number
 * @property {() => number} now the site's wall clock, in minutes
 * @property {(codes: string[], start: number, end: number) => void} onCreate a stretch was chosen
 * @property {(entry: import("./render.js").Entry, bar: HTMLElement) => void} onOpen of others
 * @property {(entry: import("./render.js").Entry, code: string, start: number, end: number)
 *   => void} onMove a bar was dropped elsewhere
 * @property {(direction: number) => Promise<void>} onPage the cursor left the window
 * @property {(day: number) => void} onDay the head of a day was chosen
 */

export class Timeline {
  /** @param {HTMLElement} root @param {Options} options */
  constructor(root, options) {
    Object.assign(this, options);
    this.root = root;
    this.options = options;
    this.say = words(options.locale);
    this.tools = { texts: options.texts, say: this.say, urls: options.urls };
    this.facilities = new Map(options.facilities.map((one) => [one.code, one]));
    this.folded = readFolded();
    this.onlyMine = false;
    this.matches = () => true;
    this.live = el("div", "sr-only", { role: "status", "aria-live": "polite" });
    this.tip = el("div", "tl-tip", { hidden: "" });
    document.body.append(this.live, this.tip);
    root.classList.add("tl");
    root.addEventListener("click", (event) => this.#click(event));
    this.top = 0;
    this.tall = innerHeight;
    root.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    new ResizeObserver(([{ contentRect }]) => {
      this.tall = contentRect.height;
      this.#fitAll();
    }).observe(root);
    this.keyboard = new Keyboard(this);
    attachPointer(this);
    addEventListener("beforeprint", () => this.#drawAll());
  }

  /**
   * Shows a window. Rows and cells are made anew only when its shape changes.
   * @param {import("./layout.js").Axis} axis @param {any} calendar the API's answer
   */
  show(axis, calendar) {
    const shape = [axis.days, axis.from, axis.to].join();
    this.axis = axis;
    if (shape !== this.shape) this.#build(shape);
    this.#takeIn(calendar);
    const marks = { today: midnight(this.options.now()), holidays: this.holidays };
    const head = header(axis, this.say, this.options.texts.facility, marks);
    this.head.replaceWith(head);
    this.head = head;
    for (const row of this.rows.values()) this.#measure(row);
    this.#applyFilter();
    this.#drawVisibleFirst();
    this.placeNow();
    this.keyboard.restore();
  }

  #build(shape) {
    const { texts, facilities } = this.options;
    this.shape = shape;
    this.rows = new Map();
    this.groups = [];
    this.lines = [];
    this.head = el("div");
    this.grid = el("div", "tl-grid", {
      role: "treegrid", "aria-label": texts.grid, "aria-readonly": "true",
      "aria-describedby": "planning-keys-hint",
    }, this.head);
    this.grid.style.setProperty("--days", String(this.axis.days));
    const { from, to } = this.axis;
    for (const [name, minute] of [["opens", from], ["next", from + tick(this.axis)], ["closes", to]]) {
      this.grid.style.setProperty(`--${name}`, `${shareOfDay(this.axis, Number(minute)) * 100}%`);
    }
    this.root.dataset.days = String(this.axis.days);
    for (const [key, list] of groupBy(facilities, (one) => one.site)) this.#buildSite(key, list);
    this.none = el("p", "tl-none", { hidden: "" }, texts.none);
    this.nowLine = el("div", "tl-now", { "aria-hidden": "true" });
    this.root.replaceChildren(this.grid, this.none);
    this.wide = 0;
  }

  #buildSite(site, list) {
    const above = [this.#addGroup(`s:${site}`, list[0].site_name, 1, list, [])];
    for (const rooms of kinds(list)) {
      const name = [...new Set(rooms.map((room) => room.kind_name))].join(" · ");
      const parent = this.#addGroup(`k:${site}:${rooms[0].kind}`, name, 2, rooms, above);
      for (const room of rooms) this.#addRow(room, [...above, parent]);
    }
  }

  #addGroup(key, name, level, list, above) {
    const node = group(key, name, level, list.length);
    const made = { key, node, above, codes: list.map((one) => one.code) };
    node.querySelector("button")?.addEventListener("click", () => this.#fold(key));
    this.groups.push(made);
    this.lines.push({ node, height: HEIGHTS[level] });
    this.grid.append(node);
    return made;
  }

  #addRow(facility, above) {
    const node = facilityRow(facility, this.axis.days, this.options.texts);
    const track = /** @type {HTMLElement} */ (node.querySelector(".tl-track"));
    const back = el("div", "tl-back", { "aria-hidden": "true" });
    const cells = /** @type {HTMLElement[]} */ ([...track.children]);
    track.prepend(back);
    const row = { facility, node, track, back, cells, above, entries: [], closures: [] };
    this.rows.set(facility.code, row);
    this.lines.push(row);
    this.grid.append(node);
  }

  /** Reads the API's answer into minutes, facility by facility. */
  #takeIn(calendar) {
    for (const row of this.rows.values()) {
      row.entries = [];
      row.closures = [];
    }
    this.entries = entriesOf(calendar, this.facilities);
    for (const entry of this.entries) this.rows.get(entry.facility)?.entries.push(entry);
    for (const one of closuresOf(calendar)) this.rows.get(one.facility)?.closures.push(one);
    this.holidays = holidaysOf(calendar);
    this.days = Array.from({ length: this.axis.days }, (_, day) => {
      const zero = this.axis.start + day * DAY;
      const label = `${this.say.short(zero)}, ${this.options.texts.free}`;
      return { label, off: weekday(zero) > 4 || this.holidays.has(zero) };
    });
  }

  #measure(row) {
    const lanes = stack(row.entries);
    row.height = lanes * LANE + 6;
    row.node.style.setProperty("--row", `${row.height}px`);
    this.#outdate(row);
  }

  #outdate(row) {
    row.drawn = false;
    row.made = null;
  }

  /** Makes what a row will hold; the page does not change yet. */
  #make(row) {
    if (row.drawn || row.made) return;
    const behind = shade(this.axis, row.facility, row.closures);
    const inCell = row.cells.map(() => []);
    for (const entry of row.entries) {
      const day = Math.floor((entry.s - this.axis.start) / DAY);
      const cell = inCell[Math.min(Math.max(day, 0), inCell.length - 1)];
      if (entry.till <= this.axis.start || entry.from >= endOf(this.axis)) continue;
      const fade = this.onlyMine && !entry.mine;
      const node = bar(entry, this.axis, this.tools, this.wide);
      if (fade) node.classList.add("is-faded");
      cell.push(...tails(entry, this.axis, fade), node);
    }
    row.made = { behind, inCell };
  }

  #draw(row) {
    this.#make(row);
    if (!row.made) return;
    const { behind, inCell } = row.made;
    row.drawn = true;
    row.made = null;
    row.back.replaceChildren(...behind);
    row.cells.forEach((cell, day) => {
      const { off, label } = this.days[day];
      cell.classList.toggle("is-weekend", off);
      if (inCell[day].length) cell.removeAttribute("aria-label");
      else cell.setAttribute("aria-label", label);
      if (inCell[day].length || cell.firstChild) cell.replaceChildren(...inCell[day]);
    });
  }

  /** What is on the screen at once, the rest when there is time; until then the grid is busy. */
  #drawVisibleFirst([top, bottom] = this.#screen()) {
    this.wide ||= this.#trackWidth();
    const later = [];
    let y = HEIGHTS[0];
    for (const line of this.lines) {
      const near = y >= top && y <= bottom && !line.node.hidden;
      if (line.facility && near) this.#draw(line);
      else if (line.facility) later.push(line);
      if (!line.node.hidden) y += line.height;
    }
    this.#drawLater(later);
  }

  /** Makes row after row in idle moments and shows many at once: each showing costs a frame. */
  #drawLater(rows) {
    this.later = rows;
    this.grid.ariaBusy = String(rows.length > 0);
    let made = 0;
    const work = (deadline) => {
      if (this.later !== rows) return;
      do this.#make(rows[made++]);
      while (made < rows.length && deadline.timeRemaining() > 3);
      if (made >= Math.min(AT_ONCE, rows.length)) {
        for (const row of rows.splice(0, made)) this.#draw(row);
        made = 0;
      }
      if (rows.length) whenIdle(work, SOON);
      else this.grid.ariaBusy = "false";
    };
    if (rows.length) whenIdle(work, SOON);
  }

  /** What comes into view is drawn before its turn. */
  #scrolled() {
    this.top = this.root.scrollTop;
    if (this.later?.length) this.#drawVisibleFirst();
  }

  #trackWidth() {
    return this.head.querySelector(".tl-track")?.clientWidth ?? 0;
  }

  /** After the window has become wider or narrower: short bars have room for more or less. */
  #fitAll() {
    if (!this.rows || this.#trackWidth() === this.wide) return;
    this.wide = 0;
    this.#redraw();
  }

  #redraw() {
    for (const row of this.rows.values()) this.#outdate(row);
    this.#drawVisibleFirst();
  }

  /** The part of the rows on the screen, with a margin. @returns {[number, number]} */
  #screen() {
    return [this.top - MARGIN, this.top + this.tall + MARGIN];
  }

  #drawAll() {
    for (const row of this.rows?.values() ?? []) this.#draw(row);
  }

  /* --- folding and filtering ------------------------------------------------------------- */

  #fold(key) {
    if (!this.folded.delete(key)) this.folded.add(key);
    writeFolded(this.folded);
    this.#applyFilter();
    this.#drawVisibleFirst();
  }

  /**
   * @param {(facility: import("./render.js").Facility) => boolean} keeps
   * @param {boolean} onlyMine rows with a booking of one's own; other bars fade
   */
  filter(keeps, onlyMine) {
    this.matches = keeps;
    const redraw = onlyMine !== this.onlyMine;
    this.onlyMine = onlyMine;
    if (!this.rows) return;
    this.#applyFilter();
    if (redraw) this.#redraw();
    else this.#drawVisibleFirst();
  }

  #applyFilter() {
    const kept = new Set();
    for (const [code, row] of this.rows) {
      const mine = !this.onlyMine || row.entries.some((entry) => entry.mine);
      if (mine && this.matches(row.facility)) kept.add(code);
      const folded = row.above.some((one) => this.folded.has(one.key));
      row.node.hidden = !kept.has(code) || folded;
    }
    for (const one of this.groups) {
      const folded = one.above.some((above) => this.folded.has(above.key));
      one.node.hidden = folded || !one.codes.some((code) => kept.has(code));
      one.node.setAttribute("aria-expanded", String(!this.folded.has(one.key)));
    }
    this.none.hidden = kept.size > 0;
  }

  /** Codes of the rows one can see, from the top down. */
  visible() {
    return [...this.rows.values()].filter((row) => !row.node.hidden)
      .map((row) => row.facility.code);
  }

  /* --- verdicts -------------------------------------------------------------------------- */

  /**
   * @param {string} code @param {number} start @param {number} end
   * @param {string} [besides] number of a booking that makes room, for it is being moved
   */
  verdict(code, start, end, besides) {
    const { facility, entries, closures } = this.rows.get(code);
    const others = besides ? entries.filter((one) => one.booking !== besides) : entries;
    return verdict(facility, others, closures, start, end, this.options.now());
  }

  /** @param {import("./verdict.js").Verdict} found */
  verdictWords(found) {
    const { texts } = this.options;
    const name = (entry) => [nameOf(entry, texts), entry.via ? "" : entry.company_name]
      .filter(Boolean).join(" – ");
    return inWords(found, texts, name);
  }

  /** Marks the rooms of the same kind as free or taken. */
  light(code, start, end, besides) {
    const { kind } = this.rows.get(code).facility;
    for (const row of this.rows.values()) {
      const alike = row.facility.kind === kind && row.facility.quantity === 1;
      const free = alike && this.verdict(row.facility.code, start, end, besides).kind === "free";
      row.node.classList.toggle("is-free", free);
      row.node.classList.toggle("is-taken", alike && !free);
    }
  }

  unlight() {
    for (const row of this.rows.values()) row.node.classList.remove("is-free", "is-taken");
  }

  /* --- the rest -------------------------------------------------------------------------- */

  /** Puts the line of the present where it belongs. */
  placeNow() {
    const now = this.options.now();
    this.nowLine.remove();
    if (now < this.axis.start || now >= endOf(this.axis)) return;
    this.nowLine.style.setProperty("--at", String(share(this.axis, now)));
    this.grid.append(this.nowLine);
  }

  /** Brings the present into view where the window is wider than the screen. */
  revealNow() {
    if (!this.nowLine.isConnected) return;
    this.root.scrollLeft = share(this.axis, this.options.now()) * this.head.clientWidth * 0.85 - 40;
  }

  #click(event) {
    const day = event.target.closest("[data-day-start]");
    if (day) this.options.onDay(Number(day.dataset.dayStart));
    const node = event.target.closest(".tl-bar");
    if (node && this.dragged) event.preventDefault();
    if (!node || node.href || this.dragged) return;
    this.options.onOpen(this.entries[Number(node.dataset.id)], node);
  }

  /** Opens what stands at a place of the cursor. @param {import("./render.js").Entry} entry */
  open(entry) {
    const node = /** @type {HTMLElement} */ (
      this.rows.get(entry.facility).track.querySelector(`[data-id="${entry.id}"]`));
    node?.click();
  }
}

/** @template T @param {T[]} list @param {(one: T) => string} key @returns {Map<string, T[]>} */
function groupBy(list, key) {
  const made = new Map();
  for (const one of list) {
    const name = key(one);
    made.set(name, [...(made.get(name) ?? []), one]);
  }
  return made;
}

/** The facilities of a site by kind; neighbours that are alone in theirs share a heading. */
function kinds(list) {
  /** @type {import("./render.js").Facility[][]} */
  const made = [];
  let alone = false;
  for (const rooms of groupBy(list, (one) => one.kind).values()) {
    if (alone && rooms.length === 1) made.at(-1)?.push(...rooms);
    else made.push(rooms);
    alone = rooms.length === 1;
  }
  return made;
}

function readFolded() {
  try {
    return new Set(JSON.parse(localStorage.getItem(FOLDED) ?? "[]"));
  } catch {
    return new Set();
  }
}

function writeFolded(folded) {
  try {
    localStorage.setItem(FOLDED, JSON.stringify([...folded]));
  } catch {
    // private mode: forgotten with the page
  }
}
