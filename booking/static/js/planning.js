// @ts-check
/**
 * The planning page: ties the timeline to the toolbar, the address bar, the calendar of the API
 * and the booking dialog.
 */

import { Calendar } from "./calendar.js";
import { openForm } from "./dialog.js";
import { showCard } from "./planning_card.js";
import { moveBooking, tellOfBooking } from "./planning_deeds.js";
import { VIEWS, firstOf, lengthOf, stepped } from "./planning_periods.js";
import { freeNow, keeper, narrowing, put, sieveOf, watch } from "./planning_sieve.js";
import { Timeline } from "./timeline/timeline.js";
import {
  DAY, HOUR, clock, isoDate, midnight, minutes, nowIn, offsets, words,
} from "./timeline/wallclock.js";
import { toast } from "./toast.js";

const POLL_MS = 30000;
const WORKING = { from: 8 * HOUR, to: 22 * HOUR };
const WHOLE = { from: 0, to: DAY };

const $ = (/** @type {string} */ name) => document.querySelector(`[data-planning="${name}"]`);
const page = JSON.parse(document.getElementById("planning-data")?.textContent ?? "{}");
const { texts, urls, locale } = page;
const zone = page.calendar.time_zone;
const wide = matchMedia("(min-width: 761px)");
const say = words(locale);
const calendar = new Calendar(urls.calendar);

/* The server's clock rules; a demonstration may have stopped it. */
const drift = minutes(page.calendar.now) - nowIn(zone);
const now = () => nowIn(zone) + (Math.abs(drift) > 2 ? drift : 0);

/* --- the address is the state ---------------------------------------------------------------- */

/** What the address asks for. */
function read() {
  const query = new URLSearchParams(location.search);
  const view = VIEWS.find((one) => one === query.get("view")) ?? "week";
  return {
    view,
    start: firstOf(view, minutes(query.get("date") ?? page.date)),
    h24: query.get("h24") === "1",
    mine: query.get("mine") === "1",
    ...sieveOf(query),
  };
}

/** The address of a state. */
function address(state) {
  const url = new URL(location.href);
  const { view, start, h24, mine, ...sieve } = state;
  const set = { view, date: isoDate(start), h24: h24 ? "1" : "", mine: mine ? "1" : "" };
  for (const [name, value] of Object.entries({ ...set, ...sieve })) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  return url;
}

let state = read();
let agendaStale = false;
const length = (of = state) => lengthOf(of.view, of.start);
const axis = (of = state) => ({
  start: of.start, days: length(of), ...(of.h24 ? WHOLE : WORKING),
});

/* --- the timeline ---------------------------------------------------------------------------- */

const root = /** @type {HTMLElement} */ ($("timeline"));
const dialog = /** @type {HTMLDialogElement} */ (document.getElementById("booking-dialog"));

const timeline = new Timeline(root, {
  facilities: page.facilities, locale, texts, urls, now,
  onCreate: (codes, start, end) => book(bookingUrl(codes, start, end)),
  onOpen: (entry, bar) => showCard(entry, bar, { texts, say, facilities: page.facilities }),
  onMove: (entry, code, start, end) => moveBooking(entry, code, start, end, deeds),
  onPage: (way) => go(beside(way)),
  onDay: (day) => go({ view: "day", start: day }),
});

/** What deeds need to know of the page. */
const deeds = {
  texts, say, name: (code) => timeline.facilities.get(code)?.name ?? code, changed: redraw,
};

const book = (url) => openForm(dialog, url, (there, said) => tellOfBooking(there, said, deeds));

dialog.addEventListener("close", () => timeline.keyboard.stop?.focus({ preventScroll: true }));

function bookingUrl([first, ...others], start, end) {
  const query = new URLSearchParams({
    facility: first, date: isoDate(start), start: clock(start), end_date: isoDate(end),
    end: clock(end),
  });
  for (const code of others) query.append("also", code);
  return `${urls.new_booking}?${query}`;
}

/** What the server says now; a bar that could not be moved stands where it was. */
async function redraw() {
  const answer = await calendar.refresh(state.start, length()).catch(() => null);
  if (answer) timeline.show(axis(), answer.data);
  agendaStale = true;
  freshenAgenda();
}

let latest = 0;

/**
 * Shows another state. @param {Partial<ReturnType<typeof read>>} change
 * @param {"push" | "replace" | "none"} history
 */
async function go(change, history = "push") {
  const mine = ++latest;
  state = { ...state, ...change };
  if (history === "push") window.history.pushState(null, "", address(state));
  else if (history === "replace") window.history.replaceState(null, "", address(state));
  labels();
  const remembered = calendar.has(state.start, length());
  if (!remembered) root.classList.add("is-loading");
  try {
    const data = await calendar.get(state.start, length());
    if (mine !== latest) return;
    timeline.show(axis(), data);
  } catch {
    if (mine === latest) toast(texts.offline, "bad");
  }
  root.classList.remove("is-loading");
  agendaStale = true;
  freshenAgenda();
  if (remembered) catchUp();
  prefetch();
}

/** The period before (-1) or after (1). */
const beside = (way, of = state) => ({ start: stepped(of.view, of.start, way) });

function prefetch() {
  for (const way of [1, -1]) {
    const there = { ...state, ...beside(way) };
    calendar.prefetch(there.start, length(there));
  }
}

/* --- the toolbar ----------------------------------------------------------------------------- */

const today = (of = state) => firstOf(of.view, now());

/** Heading, links and pressed buttons follow the state. */
function labels() {
  const heading = say.heading(state.start, length(), state.view);
  const there = {
    prev: { ...state, ...beside(-1) },
    next: { ...state, ...beside(1) },
    today: { ...state, start: today() },
    h24: { ...state, h24: !state.h24 },
    mine: { ...state, mine: !state.mine },
    clear: { ...state, ...sieveOf(new URLSearchParams()) },
    ...Object.fromEntries(VIEWS.map((view) => [view, switched(view)])),
  };
  /** @type {HTMLElement} */ ($("heading")).textContent = heading;
  const clocks = /** @type {HTMLElement} */ ($("zone"));
  clocks.textContent = clocks.textContent
    .replace(/UTC[^)]*/, offsets(state.start, length(), zone));
  document.title = document.title.replace(/^.*(?= · )/, heading);
  for (const [name, target] of Object.entries(there)) {
    $(name)?.setAttribute("href", String(address(target)));
  }
  for (const view of VIEWS) mark($(view), state.view === view);
  mark($("h24"), state.h24);
  mark($("mine"), state.mine);
  labelFilters();
}

/** Another view around today where it is shown, else around the first day. */
function switched(view) {
  const day = today() === state.start ? midnight(now()) : state.start;
  return view === state.view ? state : { ...state, view, start: firstOf(view, day) };
}

function mark(node, on) {
  if (on) node?.setAttribute("aria-current", "true");
  else node?.removeAttribute("aria-current");
}

/** Links of the toolbar work without a script; with one they need no new page. */
document.addEventListener("click", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const link = /** @type {HTMLAnchorElement | null} */ (target.closest("a[data-planning]"));
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !timelineShown()) return;
  event.preventDefault();
  window.history.pushState(null, "", link.href);
  follow();
});

/* a jump inside the page is no other state */
addEventListener("popstate", () => {
  if (JSON.stringify(read()) !== JSON.stringify({ ...state })) follow();
});

function follow() {
  const next = read();
  narrow(next);
  put(filters, next);
  return go(next, "none");
}

/* --- the filter ------------------------------------------------------------------------------ */

const filters = /** @type {HTMLFormElement} */ ($("filters"));

watch(filters, (sieve) => {
  state = { ...state, ...sieve };
  window.history.replaceState(null, "", address(state));
  narrow(state);
  labels();
  agendaStale = true;
  freshenAgenda();
});

/** Shows what passes; what is taken at this moment is looked up only where it matters. */
async function narrow(sieve) {
  const keeps = keeper(sieve);
  timeline.filter(keeps, sieve.mine);
  if (!sieve.free) return;
  const data = await calendar.get(midnight(now()), 1).catch(() => null);
  if (!data || !state.free) return;
  const free = freeNow(data, page.facilities, now());
  timeline.filter((facility) => keeps(facility) && free.has(facility.code), sieve.mine);
}

function labelFilters() {
  const count = narrowing(state);
  const shown = /** @type {HTMLElement} */ ($("count"));
  shown.textContent = String(count);
  shown.hidden = !count;
  mark(shown.closest("summary"), count > 0);
}

$("book")?.addEventListener("click", (event) => {
  const pointer = /** @type {MouseEvent} */ (event);
  if (pointer.ctrlKey || pointer.metaKey) return;
  event.preventDefault();
  newBooking();
});

/** A booking where the cursor is, else at the next full hour of the shown day. */
function newBooking() {
  const { at, end } = timeline.keyboard.at ? timeline.keyboard : { at: null, end: 0 };
  if (at) return book(bookingUrl([at.code], at.start, end));
  return book(`${urls.new_booking}?date=${isoDate(Math.max(state.start, today()))}`);
}

/* --- keys of the page ------------------------------------------------------------------------ */

const KEYS = {
  t: () => go({ start: today() }),
  j: () => go(beside(1)),
  k: () => go(beside(-1)),
  d: () => go({ view: "day", start: midnight(timeline.keyboard.at?.start ?? switched("day").start) }),
  w: () => go(switched("week")),
  f: () => go(switched("fortnight")),
  m: () => go(switched("month")),
  n: () => newBooking(),
  "/": () => /** @type {HTMLElement} */ (filters.elements.namedItem("q")).focus(),
  "?": () => /** @type {HTMLDialogElement} */ (document.getElementById("keys-dialog")).showModal(),
};

addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const busy = target.matches("input, select, textarea") || document.querySelector("dialog[open]");
  const act = KEYS[event.key];
  if (busy || !act || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  act();
});

/* --- small screens: the agenda, and the timeline on demand ------------------------------------ */

const shell = /** @type {HTMLElement} */ ($("shell"));
const timelineShown = () => wide.matches || shell.dataset.show === "timeline";

for (const button of document.querySelectorAll("[data-show-as]")) {
  button.addEventListener("click", () => {
    shell.dataset.show = /** @type {HTMLElement} */ (button).dataset.showAs;
    showAs();
  });
}

function showAs() {
  for (const button of document.querySelectorAll("[data-show-as]")) {
    const on = /** @type {HTMLElement} */ (button).dataset.showAs === shell.dataset.show;
    button.setAttribute("aria-pressed", String(on));
  }
  if (timelineShown()) timeline.revealNow();
  freshenAgenda();
}

/** The agenda is made by the server: fetched again when it shows and is out of date. */
async function freshenAgenda() {
  if (timelineShown() || !agendaStale) return;
  agendaStale = false;
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html")
    .querySelector("[data-planning=agenda]");
  if (fresh) $("agenda")?.replaceWith(document.adoptNode(fresh));
}

wide.addEventListener("change", showAs);

/* --- time passes ----------------------------------------------------------------------------- */

async function poll() {
  if (document.hidden || document.querySelector("dialog[open]")) return;
  timeline.placeNow();
  await catchUp();
}

/** Shows what happened since the window was last asked for. */
async function catchUp() {
  const { start, view } = state;
  const answer = await calendar.refresh(start, length()).catch(() => null);
  if (!answer?.changed || start !== state.start || view !== state.view) return;
  timeline.show(axis(), answer.data);
  agendaStale = true;
  freshenAgenda();
}

setInterval(poll, POLL_MS);
document.addEventListener("visibilitychange", poll);

/* --- and go ---------------------------------------------------------------------------------- */

const first = read();
calendar.put(first.start, length(first), page.calendar);
timeline.show(axis(), page.calendar);
narrow(first);
labels();
timeline.revealNow();
prefetch();
