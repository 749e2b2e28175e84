// What this guest has here, asked again whenever something of theirs has changed.

import { get } from "./api.js";

/** Over this time a room of phones asks again after a change of everybody's settings. */
const ROOM_MS = 2000;

export class You {
  /**
   * @param {import("./live.js").Live} live
   * @param {any} summary the answer of GET /queue/X/
   * @param {() => void} changed
   */
  constructor(live, summary, changed) {
    Object.assign(this, { live, facts: summary, changed, seen: null });
    document.addEventListener("visibilitychange", () => document.hidden || this.soon(0));
  }

  get id() {
    return this.facts.guest_id;
  }

  /** Parts of what the guest has, from any answer that tells them. */
  take(facts) {
    this.facts = { ...this.facts, ...facts };
    this.changed();
  }

  /** Looks whether something of the guest's is new, gone or over. */
  look() {
    const { items, settings } = this.live.state;
    const own = items.filter((item) => item.session_owner === this.id).map(({ id, status }) => id + status).join();
    if (this.seen && this.seen.settings !== settings) this.soon(Math.random() * ROOM_MS);
    else if (this.seen && this.seen.own !== own) this.soon(0);
    this.seen = { own, settings };
  }

  soon(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), ms);
  }

  async load() {
    try {
      this.take(await get(`/queue/${this.live.queue}/`));
    } catch { /* the next change will do */ }
  }
}
