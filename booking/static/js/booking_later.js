// @ts-check
/**
 * The page of a booking: what gives its time away (form[data-later], with the words for it) is sent
 * after a while, or when the page is left. Undone, it was never sent.
 */

import { onUndoKey, toast } from "./toast.js";

const WAIT_MS = 7000;
const page = /** @type {HTMLElement} */ (document.getElementById("main"));
const data = /** @type {HTMLScriptElement} */ (document.getElementById("later-data"));
const { keep: label } = JSON.parse(data.textContent ?? "{}");

/** @type {{form: HTMLFormElement, told: Element | null, timer: number} | null} */
let pending = null;

for (const form of document.querySelectorAll("form[data-later]")) {
  form.addEventListener("submit", wait);
}

function wait(event) {
  event.preventDefault();
  const form = event.target;
  const told = toast(form.dataset.later, "good", { label, act: undo });
  pending = { form, told, timer: setTimeout(send, WAIT_MS) };
  page.inert = true;
  told?.querySelector("button")?.focus();
}

function undo() {
  if (!pending) return;
  const { form, told, timer } = pending;
  pending = null;
  clearTimeout(timer);
  told?.remove();
  page.inert = false;
  form.querySelector("button")?.focus();
}

/** The page that answers says how it went. */
function send() {
  const form = pending?.form;
  pending = null;
  form?.submit();
}

/** The page that is opened next says how it went. */
function leave() {
  if (!pending) return;
  const { form, timer } = pending;
  pending = null;
  clearTimeout(timer);
  const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
  const body = new URLSearchParams([...fields, ["left", "y"]]);
  fetch(form.action, { method: "POST", body, keepalive: true, redirect: "manual" });
}

onUndoKey(() => pending, undo);
addEventListener("beforeunload", leave);
addEventListener("pagehide", leave);
