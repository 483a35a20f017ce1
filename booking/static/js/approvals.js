// @ts-check
/**
 * Choosing many lines of a list: Shift for a range, one box for all, j and k to move, x to tick,
 * the letter of a button (data-key) to press it, and ? for a list of the keys. Works on every
 * form[data-bulk]; in it, the box at the head of a [data-bulk-group] stands for those beneath.
 */

import { watchDecisions } from "./approvals_later.js";

/** @param {HTMLFormElement} form */
function watchBulk(form) {
  const boxes = () => /** @type {HTMLInputElement[]} */ (
    [...form.querySelectorAll("input[type=checkbox][name]:not([data-bulk-head])")]);
  const all = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-bulk-all]"));
  /** @type {HTMLInputElement | null} */
  let last = null;

  const count = () => {
    for (const group of form.querySelectorAll("[data-bulk-group]")) showHead(group);
    const chosen = boxes().filter((box) => box.checked).length;
    tell(form, chosen);
    if (!all) return;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  };

  form.addEventListener("click", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    if (box.matches("[data-bulk-head]")) tickGroup(box);
    if (!boxes().includes(box)) return;
    if (event.shiftKey && last && boxes().includes(last)) tickRange(boxes(), last, box);
    last = box;
    count();
  });
  form.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
  form.addEventListener("change", count);
  all?.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    count();
  });
  document.addEventListener("keydown", (event) => key(form, boxes(), event, count));
  for (const head of form.querySelectorAll("[data-bulk-head]:checked")) tickGroup(head);
  count();
  watchDecisions(form);
}

/** The boxes of a group, without the one at its head. @param {Element} group */
function beneath(group) {
  return /** @type {HTMLInputElement[]} */ (
    [...group.querySelectorAll("input[type=checkbox][name]:not([data-bulk-head])")]);
}

function tickGroup(head) {
  for (const box of beneath(head.closest("[data-bulk-group]"))) box.checked = head.checked;
}

/** All, some or none: only all of them are sent as one. */
function showHead(group) {
  const head = /** @type {HTMLInputElement} */ (group.querySelector("[data-bulk-head]"));
  const ticked = beneath(group).filter((box) => box.checked).length;
  head.checked = ticked > 0 && ticked === beneath(group).length;
  head.indeterminate = ticked > 0 && !head.checked;
}

function tickRange(boxes, from, to) {
  const [a, b] = [boxes.indexOf(from), boxes.indexOf(to)].sort((x, y) => x - y);
  for (const box of boxes.slice(a, b + 1)) box.checked = to.checked;
}

/** "3 selected", from the texts in the element's data. */
function tell(form, chosen) {
  const place = form.querySelector("[data-bulk-count]");
  if (!place) return;
  const { none = "", one = "", many = "" } = place.dataset;
  const text = chosen > 1 ? many.replace("{n}", String(chosen)) : one;
  place.textContent = chosen ? text : none;
}

function key(form, boxes, event, count) {
  const typing = event.target.matches("input:not([type=checkbox]), select, textarea");
  const busy = typing || document.querySelector("dialog[open]");
  if (busy || event.ctrlKey || event.metaKey || event.altKey) return;
  const seen = [...form.querySelectorAll("input[type=checkbox][name]")]
    .filter((box) => box.checkVisibility());
  const here = seen.indexOf(event.target);
  const button = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === "j" || event.key === "k") {
    const next = here < 0 ? 0 : here + (event.key === "j" ? 1 : -1);
    seen[Math.min(Math.max(next, 0), seen.length - 1)]?.focus();
  } else if (event.key === "x" && here >= 0) {
    seen[here].click();
  } else if (event.key === "?") {
    /** @type {HTMLDialogElement} */ (document.getElementById("keys-dialog")).showModal();
  } else if (button) {
    if (here >= 0 && !boxes.some((box) => box.checked)) seen[here].click();
    count();
    if (boxes.some((box) => box.checked)) button.click();
  } else return;
  event.preventDefault();
}

for (const form of document.querySelectorAll("form[data-bulk]")) {
  watchBulk(/** @type {HTMLFormElement} */ (form));
}
