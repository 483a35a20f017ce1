// @ts-check
/** The card of a booking one may not open: when, which room, and what may be known. */

import { el, icon, nameOf, stateOf } from "./timeline/render.js";

/** @type {HTMLElement | null} */
let card = null;

/**
 * @param {import("./timeline/render.js").Entry} entry @param {HTMLElement} bar
 * @param {{texts: any, say: any, facilities: import("./timeline/render.js").Facility[]}} tools
 */
export function showCard(entry, bar, { texts, say, facilities }) {
  card ??= make();
  const facility = facilities.find((one) => one.code === entry.facility);
  const name = nameOf(entry, texts);
  const state = entry.via ? "" : stateOf(entry, texts);
  const challenge = entry.state === "option" && !entry.via ? texts.challengeable : "";
  const close = el("button", "btn is-quiet is-icon", { type: "button", "aria-label": texts.close },
    icon("close"));
  close.addEventListener("click", () => card?.hidePopover());
  card.replaceChildren(
    el("header", "entry-head", {}, el("b", "", {}, name), close),
    el("p", "entry-time", {}, say.span(entry.s, entry.e)),
    el("p", "muted", {}, `${facility?.name} · ${facility?.site_name}`),
  );
  const about = [state === name ? "" : state, entry.company_name, challenge].filter(Boolean);
  if (about.length) card.append(el("p", "", {}, about.join(" · ")));
  card.showPopover();
  beside(card, bar);
  close.focus();
}

function make() {
  const node = el("div", "entry-card", { popover: "auto", role: "dialog" });
  document.body.append(node);
  return node;
}

/** Under the bar where there is room, else above; always inside the screen. */
function beside(node, bar) {
  const box = bar.getBoundingClientRect();
  const left = Math.min(Math.max(box.left, 8), innerWidth - node.offsetWidth - 8);
  const below = box.bottom + 8 + node.offsetHeight < innerHeight;
  node.style.left = `${left}px`;
  node.style.top = `${below ? box.bottom + 8 : Math.max(box.top - node.offsetHeight - 8, 8)}px`;
}
