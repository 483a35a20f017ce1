// @ts-check
/**
 * Dialogs: those of the page, and the booking form fetched into one.
 * Answers of the server: 201 closes it, with where the made thing is and a sentence; 422 and 409
 * bring the form again; a whole page (an error, a login) sends the browser to the form's own page.
 */

import { enhanceForms } from "./form.js";

/** Buttons with data-dialog-close close the dialog they stand in; so does a click beside it. */
export function watchDialogs() {
  document.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest("[data-dialog-close]")) target.closest("dialog")?.close();
    const opener = /** @type {HTMLElement | null} */ (target.closest("[data-dialog]"));
    const dialog = opener && document.getElementById(opener.dataset.dialog ?? "");
    if (dialog instanceof HTMLDialogElement) dialog.showModal();
  });
}

/** @typedef {(there: string, said: string) => void} Made told where it is, and a sentence of it */

/**
 * Opens a form in a dialog; where that fails, its page.
 * @param {HTMLDialogElement} dialog @param {string} url @param {Made} made
 */
export async function openForm(dialog, url, made) {
  const body = /** @type {HTMLElement} */ (dialog.querySelector("[data-dialog-body]"));
  const answer = await ask(url).catch(() => null);
  if (!answer || !answer.ok || answer.redirected) return void location.assign(url);
  put(body, await answer.text());
  dialog.showModal();
  aim(body);
  body.onsubmit = (event) => send(dialog, body, event, url, made);
}

const ask = (/** @type {string} */ url, /** @type {RequestInit} */ options = {}) => (
  fetch(url, { ...options, headers: { "X-Fragment": "dialog" } }));

function put(body, html) {
  body.innerHTML = html;
  enhanceForms(body);
}

/** Focus to what is wrong, or to the first field one may type in. */
function aim(body) {
  const first = body.querySelector("[data-form-errors]")
    ?? body.querySelector("[aria-invalid=true]")
    ?? body.querySelector("[autofocus], input:not([type=hidden]), select, textarea");
  first?.focus();
}

async function send(dialog, body, event, url, made) {
  const form = event.target;
  if (form.method !== "post") return;
  event.preventDefault();
  const data = new FormData(form, event.submitter);
  const fields = [...data].map(([key, value]) => [key, String(value)]);
  body.setAttribute("aria-busy", "true");
  if (event.submitter) event.submitter.disabled = true;
  const options = { method: "POST", body: new URLSearchParams(fields) };
  const answer = await ask(form.action, options).catch(() => null);
  body.removeAttribute("aria-busy");
  if (event.submitter) event.submitter.disabled = false;
  if (!answer) return void form.submit();
  const there = answer.headers.get("Location");
  if (answer.status === 201 && there) {
    dialog.close();
    return void made(there, await answer.text());
  }
  if (answer.redirected) return void location.assign(answer.url);
  const html = await answer.text();
  if (answer.status >= 500 || html.includes("<html")) return void location.assign(url);
  put(body, html);
  aim(body);
}
