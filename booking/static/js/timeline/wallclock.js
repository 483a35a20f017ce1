// @ts-check
/**
 * Wall-clock time of a site, as whole minutes since 1970-01-01T00:00 on its own clock.
 * The browser's time zone is never used: "2026-11-17T09:00" is nine o'clock in the building.
 */

export const HOUR = 60;
export const DAY = 1440;
/** Of what names no zone, as in wording/dates.py. */
export const HOUSE_ZONE = "Europe/Brussels";

/** @param {string} text "2026-11-17", "2026-11-17T09:00", an offset behind it is ignored */
export function minutes(text) {
  const wall = text.length > 10 ? text.slice(0, 16) : `${text}T00:00`;
  return Date.parse(`${wall}Z`) / 60000;
}

/** "2026-11-17" of a minute. @param {number} minute */
export const isoDate = (minute) => new Date(minute * 60000).toISOString().slice(0, 10);

/** Midnight before or at a minute. @param {number} minute */
export const midnight = (minute) => Math.floor(minute / DAY) * DAY;

/** "09:00" of a minute. @param {number} minute */
export function clock(minute) {
  const inDay = minute - midnight(minute);
  const two = (/** @type {number} */ part) => String(Math.floor(part)).padStart(2, "0");
  return `${two(inDay / HOUR)}:${two(inDay % HOUR)}`;
}

/** 0 for Monday … 6 for Sunday. @param {number} minute */
export const weekday = (minute) => (new Date(minute * 60000).getUTCDay() + 6) % 7;

/** The wall clock of a zone at an instant. @param {string} zone IANA name @param {number} at in ms */
function shown(zone, at) {
  const form = new Intl.DateTimeFormat("sv-SE", {
    timeZone: zone, dateStyle: "short", timeStyle: "short",
  });
  return minutes(form.format(at).replace(" ", "T"));
}

/** The wall clock of a zone now, by this machine's clock. @param {string} zone IANA name */
export const nowIn = (zone) => shown(zone, Date.now());

/**
 * How far a zone is ahead of UTC at an instant, in minutes.
 * @param {number} at minutes since 1970-01-01T00:00 UTC @param {string} zone IANA name
 */
const ahead = (at, zone) => shown(zone, at * 60000) - at;

/**
 * The instant, in minutes of UTC, at which a zone's clock shows a minute: of a time that comes
 * twice the first, or the `second`.
 * @param {number} minute @param {string} zone IANA name
 */
export function instant(minute, zone, second = false) {
  const around = [ahead(minute - DAY, zone), ahead(minute + DAY, zone)];
  const there = around.filter((one) => ahead(minute - one, zone) === one);
  return minute - (there.at(second ? -1 : 0) ?? around[0]);
}

/** "+1", "-3:30". @param {number} minutes */
function offset(minutes) {
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / HOUR), Math.abs(minutes) % HOUR];
  return `${minutes < 0 ? "-" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}

/**
 * "UTC+1", "UTC+1 → UTC+2" where the clock changes within days of a zone.
 * @param {number} first midnight @param {number} days @param {string} zone IANA name
 */
export function offsets(first, days, zone) {
  const ends = [instant(first, zone), instant(first + days * DAY, zone) - 1];
  const said = ends.map((at) => `UTC${offset(ahead(at, zone))}`);
  return [...new Set(said)].join(" → ");
}

/**
 * Dates and times in words, in the page's language.
 * @param {string} locale
 */
export function words(locale) {
  const form = (/** @type {Intl.DateTimeFormatOptions} */ options) => {
    const made = new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options });
    return made;
  };
  const short = form({ weekday: "short", day: "numeric", month: "short" });
  const long = form({ weekday: "long", day: "numeric", month: "long" });
  const range = form({ day: "numeric", month: "long", year: "numeric" });
  const month = form({ month: "long", year: "numeric" });
  const full = form({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
  const at = (/** @type {number} */ minute) => new Date(minute * 60000);
  return {
    short: (/** @type {number} */ minute) => short.format(at(minute)),
    long: (/** @type {number} */ minute) => long.format(at(minute)),
    /** "Thu 19 Nov 18:00". */
    moment: (/** @type {number} */ minute) => `${short.format(at(minute))} ${clock(minute)}`,
    parts: (/** @type {number} */ minute) => short.formatToParts(at(minute)),
    /** "16–22 November 2026", one full date, or "November 2026". */
    heading(/** @type {number} */ first, /** @type {number} */ days, /** @type {string} */ view) {
      if (view === "month") return month.format(at(first));
      if (days === 1) return full.format(at(first));
      return range.formatRange(at(first), at(first + (days - 1) * DAY));
    },
    /** "11:00–13:00", with the day where the end is on another one. */
    span(/** @type {number} */ start, /** @type {number} */ end) {
      const last = end - (clock(end) === "00:00" ? 1 : 0);
      if (midnight(start) === midnight(last)) return `${clock(start)}–${clock(end)}`;
      return `${this.moment(start)} – ${this.moment(end)}`;
    },
  };
}
