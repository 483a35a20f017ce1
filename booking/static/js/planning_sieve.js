// @ts-check
/** Which facilities the planning shows: what the filter's form and the address say. */

import { closuresOf, entriesOf } from "./timeline/entries.js";
import { verdict } from "./timeline/verdict.js";

const NAMES = ["q", "site", "kind", "people", "free"];

/** @typedef {{q: string, site: string, kind: string, people: string, free: string}} Sieve */

/** @param {URLSearchParams} query @returns {Sieve} */
export const sieveOf = (query) => /** @type {Sieve} */ (
  Object.fromEntries(NAMES.map((name) => [name, query.get(name) ?? ""])));

/** How many fields narrow, the words aside. @param {Sieve} sieve */
export const narrowing = (sieve) => NAMES.filter((name) => name !== "q" && sieve[name]).length;

const plain = (/** @type {string} */ text) => (
  text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase());

/**
 * Whether a facility passes, whoever has it now.
 * @param {Sieve} sieve @returns {(facility: import("./timeline/render.js").Facility) => boolean}
 */
export function keeper(sieve) {
  const words = plain(sieve.q).split(/\s+/).filter(Boolean);
  return (facility) => {
    const said = plain([facility.name, facility.kind_name, facility.site_name, facility.code]
      .join(" "));
    return ["", facility.site].includes(sieve.site)
      && ["", facility.kind].includes(sieve.kind)
      && (facility.capacity ?? 0) >= Number(sieve.people || 0)
      && words.every((word) => said.includes(word));
  };
}

/**
 * The codes of what could be used at this moment.
 * @param {any} calendar of a window that holds `now`
 * @param {import("./timeline/render.js").Facility[]} facilities @param {number} now
 */
export function freeNow(calendar, facilities, now) {
  const entries = entriesOf(calendar, new Map(facilities.map((one) => [one.code, one])));
  const closures = closuresOf(calendar);
  const of = (list, code) => list.filter((one) => one.facility === code);
  const free = facilities.filter((facility) => {
    const here = of(entries, facility.code).filter((one) => one.from <= now && now < one.till);
    const bare = { ...facility, setup_min: 0, turnaround_min: 0 };
    const found = verdict(bare, here, of(closures, facility.code), now, now + 1, now);
    return ["free", "pool"].includes(found.kind);
  });
  return new Set(free.map((one) => one.code));
}

/**
 * Keeps the form and the sieve together: what is typed is told at once.
 * @param {HTMLFormElement} form @param {(sieve: Sieve) => void} changed
 */
export function watch(form, changed) {
  const tell = () => changed(sieveOf(new URLSearchParams(
    [...new FormData(form)].map(([name, value]) => [name, String(value)]))));
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", tell);
  const search = /** @type {HTMLInputElement} */ (form.elements.namedItem("q"));
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !search.value) return;
    search.value = "";
    tell();
  });
}

/** Writes a sieve into the form. @param {HTMLFormElement} form @param {Sieve} sieve */
export function put(form, sieve) {
  for (const name of NAMES) {
    const field = /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
    if (field.type === "checkbox") field.checked = sieve[name] === "1";
    else if (field.value !== sieve[name]) field.value = sieve[name];
  }
}
