// @ts-check
/** Moves of bookings through the API, and taking the last one back. */

import { toast } from "./toast.js";
import { clock, isoDate, minutes } from "./timeline/wallclock.js";

const API = "/api/v1/bookings/";

/** @type {(() => Promise<void>) | null} */
let last = null;

/**
 * Moves a bar; tells how it went, with a way back. What fails changed nothing.
 * @param {import("./timeline/render.js").Entry} entry @param {string} code
 * @param {number} start @param {number} end minutes of the site's clock
 * @param {{texts: Record<string, string>, changed: () => void}} tools
 */
export async function moveBooking(entry, code, start, end, { texts, changed }) {
  const address = API + entry.booking;
  const booking = await call("GET", address, texts);
  const occurrence = booking?.body.occurrences.find((one) => minutes(one.start) === entry.s);
  if (!booking || !occurrence) return changed();
  const rooms = occurrence.approvals.map((one) => one.facility);
  const there = rooms.map((one) => (one === entry.facility ? code : one));
  const scope = { scope: "this", occurrence: occurrence.id };
  const put = (facilities, from, to, tag) => call("PATCH", address, texts, {
    ...scope, facilities, start: wall(from), end: wall(to),
  }, tag);
  const moved = await put(there, start, end, booking.tag);
  if (moved) {
    last = async () => {
      if (await put(rooms, entry.s, entry.e, moved.tag)) toast(texts.undone, "good");
      changed();
    };
    toast(texts.moved, "good", { label: texts.undo, act: undo });
  }
  return changed();
}

/** Takes the last move back, once. */
export async function undo() {
  const back = last;
  last = null;
  await back?.();
}

addEventListener("keydown", (event) => {
  const target = /** @type {HTMLElement} */ (event.target);
  const undoing = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
  if (!undoing || !last || target.matches("input, textarea, select")) return;
  event.preventDefault();
  undo();
});

const wall = (minute) => `${isoDate(minute)}T${clock(minute)}`;

/** The answer and its revision, or null once a refusal was told. */
async function call(method, address, texts, body, tag) {
  const token = /** @type {HTMLInputElement | null} */ (
    document.querySelector("input[name=csrf_token]"))?.value ?? "";
  const headers = { "X-CSRFToken": token, ...(tag && { "If-Match": tag }) };
  const sent = body && { body: JSON.stringify(body) };
  if (body) headers["Content-Type"] = "application/json";
  const answer = await fetch(address, { method, headers, ...sent }).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (answer?.ok) return { body: told, tag: answer.headers.get("ETag") };
  const findings = told?.findings?.map((one) => one.message).join(" ");
  toast(findings || told?.detail || texts.offline, "bad");
  return null;
}
