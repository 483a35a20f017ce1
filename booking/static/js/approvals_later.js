// @ts-check
/**
 * Decisions of the inbox that can be undone: what was decided leaves the list, and is sent after a
 * while, with the next decision, or when the page is left. Undone, it was never sent. Its texts
 * stand in the data of the form.
 */

import { onUndoKey, toast } from "./toast.js";

const WAIT_MS = 7000;
const BOX = "input[type=checkbox][name]";
const PARTS = ["[data-inbox=list]", "[data-inbox=after]", ".site-nav", ".site-menu nav"];

/**
 * @typedef {{line: Element, mark: Comment}} Taken a line off the page, and what keeps its place
 * @typedef {{form: HTMLFormElement, body: URLSearchParams, taken: Taken[], timer: number,
 *   told: Element | null}} Decision
 */

/** @type {Decision | null} */
let pending = null;
/** Those that the server has not answered yet, the pending one among them. @type {Set<Decision>} */
const open = new Set();
/** @type {Element | null} */
let complaint = null;
let asked = 0;

/** @param {HTMLFormElement} form */
export function watchDecisions(form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fields = new FormData(form, event.submitter);
    const body = new URLSearchParams([...fields].map(([name, value]) => [name, String(value)]));
    if (!refused(form, body)) decide(form, body);
  });
}

/** Says what is missing, at once. */
function refused(form, body) {
  complaint?.remove();
  const unsaid = body.get("verb") === "decline" && !body.get("reason")?.trim();
  const why = !body.has("id") ? "nothing" : unsaid && "reason";
  if (!why) return false;
  complaint = toast(form.dataset[why], "bad");
  if (why === "reason") form.elements.namedItem("reason").focus();
  return true;
}

function decide(form, body) {
  send();
  body.set("told", "y");
  const taken = take(form, body);
  const told = toast(sentence(form, body), "good", { label: form.dataset.undo, act: undo });
  pending = { form, body, taken, told, timer: setTimeout(send, WAIT_MS) };
  open.add(pending);
  form.elements.namedItem("reason").value = "";
  settle(form);
  aim(form, taken[taken.length - 1]?.mark);
}

/** "2 requests approved.": a booking is one request, however many of its dates were ticked. */
function sentence({ dataset }, body) {
  const many = new Set(body.getAll("id").map((key) => key.split(":")[0])).size;
  const text = dataset[body.get("verb") + (many > 1 ? "Many" : "One")];
  return text.replace("{n}", String(many));
}

function undo() {
  if (!pending) return;
  const back = pending;
  pending = null;
  clearTimeout(back.timer);
  back.told?.remove();
  putBack(back);
}

async function send() {
  if (!pending) return;
  const sent = pending;
  pending = null;
  clearTimeout(sent.timer);
  sent.told?.querySelector(".toast-action")?.remove();
  const fresh = await post(sent).catch(() => null);
  open.delete(sent);
  if (fresh) return answered(sent, fresh);
  sent.told?.remove();
  putBack(sent);
  toast(sent.form.dataset.unsent, "bad");
}

/** The inbox after it, with its turn; null where the server took the decision for none. */
async function post({ form, body }) {
  const options = { method: "POST", body, keepalive: true };
  const answer = await fetch(form.action, { ...options, redirect: "manual" });
  if (answer.type !== "opaqueredirect") return null;
  const turn = ++asked;
  const { href, pathname } = location;
  const inbox = await fetch(form.querySelector(BOX) ? href : pathname);
  const page = new DOMParser().parseFromString(await inbox.text(), "text/html");
  return page.querySelector("[data-inbox]") && { page, turn };
}

/** Shows what the server says besides, and the list as it is now. */
function answered({ form, told }, { page, turn }) {
  for (const note of page.querySelectorAll("#toasts .toast")) {
    told?.remove();
    toast(note.querySelector("span").textContent, note.className.split("is-")[1]);
  }
  if (turn === asked) renew(form, page);
}

/** Ticks, what was opened and the focus stay; what is not answered yet stays away. */
function renew(form, page) {
  const keys = (picked) => new Set([...form.querySelectorAll(picked)].map((box) => box.value));
  const ticked = keys(`${BOX}:checked`);
  const opened = keys(`[data-bulk-group]:has(> .more:last-child[open]) [data-bulk-head]`);
  const held = document.activeElement?.closest(`[data-inbox] li:has(${BOX})`)?.querySelector(BOX);
  for (const part of PARTS) {
    const [old, now] = [document, page].map((one) => one.querySelector(part));
    old?.replaceChildren(...(now?.childNodes ?? []));
  }
  for (const box of form.querySelectorAll(BOX)) {
    box.checked = ticked.has(box.value);
    if (opened.has(box.value)) box.closest("[data-bulk-group]")?.lastElementChild.setAttribute("open", "");
  }
  for (const one of open) one.taken = take(form, one.body);
  settle(form);
  const key = /** @type {HTMLInputElement | undefined} */ (held)?.value;
  if (key) form.querySelector(`${BOX}[value="${CSS.escape(key)}"]`)?.focus();
}

/** Takes the lines of what is decided off the page, ticked; of a series all of which is, its own. */
function take(form, body) {
  const keys = new Set(body.getAll("id"));
  const lines = new Set();
  for (const box of form.querySelectorAll(BOX)) {
    if (!keys.has(box.value)) continue;
    box.checked = true;
    const line = box.closest("li");
    if (![...lines].some((outer) => outer.contains(line))) lines.add(line);
  }
  return [...lines].map((line) => {
    const mark = document.createComment("");
    line.replaceWith(mark);
    return { line, mark };
  });
}

/** As before, ticked, with what was typed then and since. */
function putBack(back) {
  open.delete(back);
  const reason = back.form.elements.namedItem("reason");
  for (const { line, mark } of back.taken) mark.replaceWith(line);
  reason.value = [back.body.get("reason"), reason.value].filter(Boolean).join(" ");
  settle(back.form);
  back.taken[0]?.line.querySelector(BOX)?.focus();
}

/** Has the form count again; where nothing is left in it, says so instead. */
function settle(form) {
  const rest = /** @type {HTMLElement | null} */ (document.querySelector("[data-inbox=rest]"));
  form.dispatchEvent(new Event("change"));
  form.hidden = rest !== null && !form.querySelector(BOX);
  if (rest) rest.hidden = !form.hidden;
}

/** The focus to the next line, where it went away with the last. */
function aim(form, mark) {
  if (form.contains(document.activeElement) && !form.hidden) return;
  const left = [...form.querySelectorAll(BOX)].filter((box) => box.checkVisibility());
  const { DOCUMENT_POSITION_FOLLOWING: AFTER } = Node;
  const next = left.find((box) => mark?.compareDocumentPosition(box) & AFTER) ?? left.pop();
  (next ?? document.getElementById("main"))?.focus();
}

onUndoKey(() => pending, undo);

/* what is loaded next should know of it; phones tell only of pagehide */
addEventListener("beforeunload", send);
addEventListener("pagehide", send);
