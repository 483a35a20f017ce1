// @ts-check
/**
 * Choosing many lines of a list: Shift for a range, one box for all, j and k to move, x to tick,
 * and the letter of a button (data-key) to press it. Works on every form[data-bulk].
 */

/** @param {HTMLFormElement} form */
function watchBulk(form) {
  const boxes = () => /** @type {HTMLInputElement[]} */ (
    [...form.querySelectorAll("input[type=checkbox][name]:not([data-bulk-all])")]);
  const all = /** @type {HTMLInputElement | null} */ (form.querySelector("[data-bulk-all]"));
  /** @type {HTMLInputElement | null} */
  let last = null;

  const count = () => {
    const chosen = boxes().filter((box) => box.checked).length;
    tell(form, chosen);
    if (!all) return;
    all.checked = chosen > 0 && chosen === boxes().length;
    all.indeterminate = chosen > 0 && !all.checked;
  };

  form.addEventListener("click", (event) => {
    const box = /** @type {HTMLInputElement} */ (event.target);
    if (!boxes().includes(box)) return;
    if (event.shiftKey && last) tickRange(boxes(), last, box);
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
  document.addEventListener("htmx:after:swap", count);
  count();
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
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const here = boxes.indexOf(event.target);
  const button = form.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === "j" || event.key === "k") {
    const next = here < 0 ? 0 : here + (event.key === "j" ? 1 : -1);
    boxes[Math.min(Math.max(next, 0), boxes.length - 1)]?.focus();
  } else if (event.key === "x" && here >= 0) {
    boxes[here].click();
  } else if (button) {
    if (here >= 0 && !boxes.some((box) => box.checked)) boxes[here].checked = true;
    count();
    if (boxes.some((box) => box.checked)) button.click();
  } else return;
  event.preventDefault();
}

for (const form of document.querySelectorAll("form[data-bulk]")) {
  watchBulk(/** @type {HTMLFormElement} */ (form));
}
