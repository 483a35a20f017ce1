// @ts-check
/** On every page: menus that close, toasts, dialogs, forms, copy buttons. */

import { watchDialogs } from "./dialog.js";
import { enhanceForms } from "./form.js";
import { surviveReturning } from "./returning.js";
import { watchToasts } from "./toast.js";

function watchMenus() {
  const open = () => [...document.querySelectorAll("details.menu[open]")];
  document.addEventListener("click", (event) => {
    for (const menu of open()) {
      if (!menu.contains(/** @type {Node} */ (event.target))) menu.removeAttribute("open");
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.removeAttribute("open");
      menu.querySelector("summary")?.focus();
    }
  });
}

function watchCopies() {
  document.addEventListener("click", async (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    const button = /** @type {HTMLElement | null} */ (target.closest("[data-copy]"));
    if (!button) return;
    await navigator.clipboard.writeText(button.dataset.copy ?? "");
    button.textContent = button.dataset.done ?? button.textContent;
  });
}

watchMenus();
watchToasts();
watchDialogs();
watchCopies();
surviveReturning();
enhanceForms(document);
