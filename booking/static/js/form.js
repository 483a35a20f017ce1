// @ts-check
/**
 * What forms get where scripts run: dates in words beside native date inputs (those follow the
 * browser's language, not the page's), an end that stays after the start, a live verdict.
 */

import { DAY, HOUR, HOUSE_ZONE, clock, instant, isoDate, minutes } from "./timeline/wallclock.js";

const PAUSE_MS = 300;

/** @param {ParentNode} root a document, a dialog, a form */
export function enhanceForms(root) {
  for (const input of root.querySelectorAll("input[type=date]")) wordDate(input);
  for (const form of root.querySelectorAll("form[data-span]")) keepSpan(form);
  for (const form of root.querySelectorAll("form[data-check]")) watchVerdict(form);
  for (const box of root.querySelectorAll("[data-repeat]")) showRepeat(box);
  for (const box of root.querySelectorAll("[data-amount]")) showAmount(box);
}

/** How much of the facility, only where that is a pool: those have a field of their own below. */
function showAmount(box) {
  const form = box.closest("form");
  const amount = box.querySelector("[name=amount]");
  const { facility } = form.elements;
  const show = () => {
    box.hidden = !form.elements[`amount-${facility.value}`];
    box.classList.remove("with-script-later");
    if (box.hidden) amount.value = "";
  };
  facility.addEventListener("input", show);
  show();
}

/** Of how a booking repeats, only what the choice needs. */
function showRepeat(box) {
  const choice = box.querySelector("[name=repeat]");
  const show = () => {
    for (const part of box.querySelectorAll("[data-repeat-by]")) {
      part.hidden = !part.dataset.repeatBy.split(" ").includes(choice.value);
    }
  };
  choice.addEventListener("input", show);
  show();
}

function wordDate(input) {
  const output = document.getElementById(`${input.id}-words`);
  if (!output) return;
  const options = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
  const form = new Intl.DateTimeFormat(document.documentElement.lang, {
    ...options, timeZone: "UTC",
  });
  const say = () => {
    output.textContent = input.value ? form.format(minutes(input.value) * 60000) : "";
  };
  input.addEventListener("input", say);
  say();
}

/** Start and end of a form with the fields date, start, end_date and end; in minutes. */
function readSpan({ date, start, end_date: endDate, end }) {
  const from = minutes(`${date.value}T${start.value}`);
  return { from, to: minutes(`${(endDate ?? date).value}T${end.value}`) };
}

/** Moving the start moves the end along; an end before the start goes to the next day. */
function keepSpan(form) {
  const fields = form.elements;
  if (!fields.date || !fields.start || !fields.end) return;
  const note = form.querySelector("[data-duration]");
  const spell = () => {
    const { from, to } = readSpan(fields);
    if (note) note.textContent = to > from ? duration(from, to, fields) : "";
  };
  let { from: was, to } = readSpan(fields);
  let length = Math.max(to - was, 30) || HOUR;
  form.addEventListener("input", (event) => {
    const name = event.target.name;
    if (name?.endsWith("_fold")) spell();
    if (!["date", "start", "end_date", "end"].includes(name)) return;
    const now = readSpan(fields);
    if (Number.isNaN(now.from)) return;
    if (name === "date" || name === "start") setEnd(fields, now.from + length);
    else if (name === "end" && now.to <= now.from && now.to > now.from - DAY) {
      setEnd(fields, now.to + DAY);
    }
    ({ from: was, to } = readSpan(fields));
    if (to > was) length = to - was;
    spell();
  });
  spell();
}

function setEnd(fields, minute) {
  const { end_date: endDate, end } = fields;
  if (![...end.options].some((option) => option.value === clock(minute))) return;
  if (endDate) {
    endDate.value = isoDate(minute);
    const words = document.getElementById(`${endDate.id}-words`);
    if (words) endDate.dispatchEvent(new Event("input", { bubbles: false }));
  }
  end.value = clock(minute);
}

/**
 * "4 h 30 min", "2 d 3 h" in the page's language: the time that passes between two minutes of the
 * house's clock, an hour less or more over a clock change. Of a time that comes twice it is the one
 * that the form says.
 */
function duration(from, to, fields) {
  const second = (name) => fields[name]?.value === "1";
  const length = instant(to, HOUSE_ZONE, second("end_fold"))
    - instant(from, HOUSE_ZONE, second("start_fold"));
  const unit = (value, name) => value && new Intl.NumberFormat(document.documentElement.lang, {
    style: "unit", unit: name, unitDisplay: name === "day" ? "long" : "short",
  }).format(value);
  const rest = length % DAY;
  return [
    unit(Math.floor(length / DAY), "day"),
    unit(Math.floor(rest / HOUR), "hour"),
    unit(rest % HOUR, "minute"),
  ].filter(Boolean).join(" ");
}

/** Asks the server what it thinks of the form each time it rests. */
function watchVerdict(form) {
  const place = form.querySelector("[data-verdict]");
  if (!place) return;
  let timer = 0;
  let last = new AbortController();
  const ask = async () => {
    last.abort();
    last = new AbortController();
    place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.dataset.check, {
        method: "POST", body: new URLSearchParams(formData(form)), signal: last.signal,
        headers: { "X-Fragment": "verdict" },
      });
      const fragment = answer.headers.get("Content-Type")?.startsWith("text/html");
      if (fragment && !answer.redirected && answer.status < 500) {
        const held = document.activeElement?.id;
        place.innerHTML = await answer.text();
        if (held) document.getElementById(held)?.focus();
      }
      place.removeAttribute("aria-busy");
    } catch (error) {
      if (/** @type {Error} */ (error).name !== "AbortError") place.removeAttribute("aria-busy");
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE_MS);
  });
  place.addEventListener("click", (event) => takeAlternative(form, event));
}

/** @param {HTMLFormElement} form @returns {[string, string][]} */
const formData = (form) => [...new FormData(form)].map(([key, value]) => [key, String(value)]);

/** A click on an alternative fills its values into the form instead of leaving the page. */
function takeAlternative(form, event) {
  const link = event.target.closest("a[href*='?']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  for (const [name, value] of new URL(link.href).searchParams) {
    const field = form.elements[name];
    if (!field || field.type === "hidden") continue;
    if (field.options && ![...field.options].some((one) => one.value === value)) {
      field.add(new Option(value, value));
    }
    field.value = value;
    field.dispatchEvent(new Event("input"));
  }
  form.dispatchEvent(new Event("input"));
}
