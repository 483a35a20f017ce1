// @ts-check
/** The words that follow the pointer or the cursor. */

import { el } from "./render.js";

/**
 * Puts the tip under (or above) a node, inside the screen.
 * @param {import("./timeline.js").Timeline} timeline @param {HTMLElement} node
 * @param {string} look @param {Node[]} children
 */
export function showTip(timeline, node, look, children) {
  const { tip } = timeline;
  tip.className = `tl-tip ${look}`;
  tip.replaceChildren(...children);
  tip.hidden = false;
  const box = node.getBoundingClientRect();
  const label = timeline.root.getBoundingClientRect().left;
  const left = Math.max(box.left, label + 4);
  tip.style.left = `${Math.max(Math.min(left, innerWidth - tip.offsetWidth - 8), 8)}px`;
  const below = box.bottom + 6 + tip.offsetHeight < innerHeight;
  tip.style.top = `${below ? box.bottom + 6 : box.top - tip.offsetHeight - 6}px`;
}

/**
 * A time in a room and what the page thinks of it.
 * @param {import("./timeline.js").Timeline} timeline @param {HTMLElement} node
 * @param {string} place @param {import("./verdict.js").Verdict} found
 */
export function showVerdict(timeline, node, place, found) {
  showTip(timeline, node, `is-${found.kind}`, [
    el("b", "", {}, place), el("span", "", {}, timeline.verdictWords(found)),
  ]);
}
