// @ts-check
/**
 * What is done to bookings in the planning, through the API: moves with ways out of a refusal, and
 * taking the last move or the last booking back.
 */

import { onUndoKey, toast } from "./toast.js";
import { clock, isoDate, minutes } from "./timeline/wallclock.js";

const API = "/api/v1/bookings/";
const MOST_WAYS = 3;
/* what its owner does to dates so that nothing is left of them: each state has one of these */
const TAKES_BACK = ["withdraw", "release", "cancel"];

/**
 * @typedef {{texts: Record<string, string>, say: any, name: (code: string) => string,
 *   changed: () => Promise<void>}} Tools words of the page; shows how things stand once they changed
 * @typedef {{rooms: string[], start: number, end: number}} Place minutes of the site's clock
 * @typedef {{address: string, occurrence: number, tag: string | null}} Held a date of a booking
 */

/** @type {(() => Promise<void>) | null} */
let last = null;

/**
 * Moves a bar; tells how it went, with a way back. What is refused changed nothing, and says where
 * else it could go.
 * @param {import("./timeline/render.js").Entry} entry @param {string} code
 * @param {number} start @param {number} end minutes of the site's clock @param {Tools} tools
 */
export async function moveBooking(entry, code, start, end, tools) {
  const address = API + entry.booking;
  const booking = await call("GET", address);
  const date = booking.told?.occurrences?.find((one) => minutes(one.start) === entry.s);
  if (!date) return refused(booking.told, [], tools);
  const rooms = date.approvals.map((one) => one.facility);
  const from = { rooms, start: entry.s, end: entry.e };
  const to = { rooms: rooms.map((one) => (one === entry.facility ? code : one)), start, end };
  return move({ address, occurrence: date.id, tag: booking.tag }, from, to, tools);
}

/** @param {Held} held @param {Place} from @param {Place} to @param {Tools} tools */
async function move(held, from, to, tools) {
  const moved = await put(held, to);
  if (!moved.ok) return refused(moved.told, waysOut(moved.told, held, from, to, tools), tools);
  last = () => takeBack({ ...held, tag: moved.tag }, from, tools);
  toast(tools.texts.moved, "good", { label: tools.texts.undo, act: undo });
  return tools.changed();
}

async function takeBack(held, place, tools) {
  const back = await put(held, place);
  if (!back.ok) return refused(back.told, [], tools);
  toast(tools.texts.undone, "good");
  return tools.changed();
}

/**
 * Tells of a booking just made, with a way to it and a way back.
 * @param {string} there its page @param {string} said @param {Tools} tools
 */
export async function tellOfBooking(there, said, tools) {
  last = () => unbook(API + there.split("/").pop(), tools);
  const { texts } = tools;
  const open = { label: texts.open, act: () => location.assign(there) };
  toast(said, "good", [open, { label: texts.undo, act: undo }]);
  await tools.changed();
}

/** All its dates, whatever became of each; they are free again. */
async function unbook(address, tools) {
  const { texts } = tools;
  let done = false;
  for (const verb of TAKES_BACK) {
    const { told, tag } = await call("GET", address);
    if (!told) return refused(told, [], tools);
    if (!told.occurrences?.some((one) => one.verbs.includes(verb))) continue;
    const answer = await call("POST", `${address}/${verb}`, { reason: texts.unbookReason }, tag);
    if (!answer.ok) return refused(answer.told, [], tools);
    done = true;
  }
  toast(done ? texts.unbooked : texts.tooLate, done ? "good" : "bad");
  return tools.changed();
}

/** Buttons for what the server offers instead. */
function waysOut(told, held, from, to, tools) {
  return (told?.alternatives ?? []).slice(0, MOST_WAYS).map((way) => {
    const [start, end] = [minutes(way.start), minutes(way.end)];
    const rooms = to.rooms.map((one) => (one === way.replaces ? way.facility : one));
    const label = `${tools.name(way.facility)} · ${tools.say.span(start, end)}`;
    return { label, act: () => move(held, from, { rooms, start, end }, tools) };
  });
}

/** Says why, who is in the way as far as one may know, and where else it could go. */
function refused(told, ways, { texts, say, name, changed }) {
  const rules = told?.findings?.map((one) => one.message) ?? [];
  const held = told?.conflicts?.map((one) => {
    const span = say.span(minutes(one.start), minutes(one.end));
    return `${name(one.facility)}: ${one.title ?? texts.occupied}, ${span}.`;
  }) ?? [];
  const why = rules.length ? rules : [told?.detail ?? texts.offline, ...held];
  toast([...why, ways.length ? texts.instead : ""].join(" ").trim(), "bad", ways);
  return changed();
}

/** Takes back what was done last, once. */
async function undo() {
  const back = last;
  last = null;
  await back?.();
}

onUndoKey(() => last, undo);

const wall = (minute) => `${isoDate(minute)}T${clock(minute)}`;

/** @param {Held} held @param {Place} place */
const put = (held, place) => call("PATCH", held.address, {
  scope: "this", occurrence: held.occurrence, facilities: place.rooms,
  start: wall(place.start), end: wall(place.end),
}, held.tag);

/** What was answered, and its revision. Nothing was where the server is out of reach. */
async function call(method, address, body, tag) {
  const token = /** @type {HTMLInputElement | null} */ (
    document.querySelector("input[name=csrf_token]"))?.value ?? "";
  const headers = { "X-CSRFToken": token, ...(tag && { "If-Match": tag }) };
  const sent = body && { body: JSON.stringify(body) };
  if (body) Object.assign(headers, { "Content-Type": "application/json", Prefer: "return=minimal" });
  const answer = await fetch(address, { method, headers, ...sent }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  return { ok: answer?.ok ?? false, told, tag: answer?.headers.get("ETag") ?? null };
}
