// @ts-check
/** Short messages at the foot of the page. Errors stay until they are closed. */

const STAY_MS = 8000;

/** @param {HTMLElement} toast */
function expire(toast) {
  if (toast.classList.contains("is-bad")) return;
  let timer = setTimeout(() => toast.remove(), STAY_MS);
  toast.addEventListener("pointerenter", () => clearTimeout(timer));
  toast.addEventListener("focusin", () => clearTimeout(timer));
  toast.addEventListener("pointerleave", () => {
    timer = setTimeout(() => toast.remove(), STAY_MS);
  });
}

/** Makes the toasts that came with the page close and expire. */
export function watchToasts() {
  const region = document.getElementById("toasts");
  region?.addEventListener("click", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.closest(".toast-close")) target.closest(".toast")?.remove();
  });
  for (const toast of region?.children ?? []) expire(/** @type {HTMLElement} */ (toast));
}

/** @typedef {{label: string, act: () => void}} Action a button of a message */

/**
 * Shows a message. @param {string} text @param {"good" | "bad" | "info"} [kind]
 * @param {Action | Action[]} [actions] pressing one closes the message
 * @returns {Element | null} what is shown
 */
export function toast(text, kind = "info", actions = []) {
  const region = document.getElementById("toasts");
  if (!region) return null;
  const node = document.createElement("div");
  const close = document.createElement("button");
  node.className = `toast is-${kind}`;
  node.append(Object.assign(document.createElement("span"), { textContent: text }));
  for (const action of [actions].flat()) node.append(button(action, node));
  node.classList.toggle("is-choice", [actions].flat().length > 1);
  node.append(close);
  Object.assign(close, { type: "button", className: "toast-close", textContent: "×" });
  close.setAttribute("aria-label", region.dataset.close ?? "");
  region.append(node);
  expire(node);
  return node;
}

/**
 * Ctrl+Z, while nothing is typed and something can be taken back.
 * @param {() => unknown} ready @param {() => void} undo
 */
export function onUndoKey(ready, undo) {
  addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const undoing = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey;
    const typing = target.matches("input:not([type=checkbox]), select, textarea");
    if (!undoing || typing || !ready()) return;
    event.preventDefault();
    undo();
  });
}

function button({ label, act }, node) {
  const made = Object.assign(document.createElement("button"), {
    type: "button", className: "toast-action", textContent: label,
  });
  made.addEventListener("click", () => {
    node.remove();
    act();
  });
  return made;
}
