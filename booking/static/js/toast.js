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

/**
 * Shows a message. @param {string} text @param {"good" | "bad" | "info"} [kind]
 * @typedef {{label: string, act: () => void}} Action a button beside it
 * @param {Action | Action[]} [actions] pressing one closes the message
 */
export function toast(text, kind = "info", actions = []) {
  const region = document.getElementById("toasts");
  if (!region) return;
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
