// @ts-check
/** The calendar of the API, window by window: kept, prefetched, asked again by ETag. */

import { DAY, isoDate } from "./timeline/wallclock.js";

const MOST = 12;

export class Calendar {
  /** @param {string} url of the API's calendar */
  constructor(url) {
    this.url = url;
    /** @type {Map<string, {etag: string | null, data: any}>} */
    this.kept = new Map();
  }

  key(start, days) {
    return `start=${isoDate(start)}T00:00&end=${isoDate(start + days * DAY)}T00:00`;
  }

  /** What came with the page. @param {number} start @param {number} days @param {any} data */
  put(start, days, data, etag = null) {
    const key = this.key(start, days);
    this.kept.delete(key);
    this.kept.set(key, { etag, data });
    if (this.kept.size > MOST) this.kept.delete([...this.kept.keys()][0]);
  }

  /** Whether a window is in memory. @param {number} start @param {number} days */
  has(start, days) {
    return this.kept.has(this.key(start, days));
  }

  /** The window, from memory when it is there. @param {number} start @param {number} days */
  async get(start, days) {
    return this.kept.get(this.key(start, days))?.data ?? (await this.refresh(start, days))?.data;
  }

  /**
   * Asks the server. `changed` is false when nothing is new (304).
   * @param {number} start @param {number} days
   */
  async refresh(start, days) {
    const key = this.key(start, days);
    const old = this.kept.get(key);
    const headers = old?.etag ? { "If-None-Match": old.etag } : {};
    const answer = await fetch(`${this.url}?${key}`, {
      headers: { Accept: "application/json", ...headers }, cache: "no-store",
    });
    if (answer.status === 304 && old) return { data: old.data, changed: false };
    if (!answer.ok || answer.redirected) throw new Error(`calendar: ${answer.status}`);
    const data = await answer.json();
    this.put(start, days, data, answer.headers.get("ETag"));
    return { data, changed: true };
  }

  /** Loads a window nobody asked for yet. @param {number} start @param {number} days */
  prefetch(start, days) {
    if (!this.has(start, days)) this.refresh(start, days).catch(() => {});
  }
}
