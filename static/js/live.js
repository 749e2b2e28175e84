// A queue, followed: one event stream, its state, the server's clock, and whether we are connected.

import { get } from "./api.js";
import { reduce } from "./state.js";

const NAMES = [
  "snapshot", "items_change", "settings_change", "timeline_update", "speaker_change", "options_change",
  "timeline_beacon", "tracks_change", "command", "device_change",
];
/** Comments keep the stream open unseen, so after this silence we ask by another way. */
const SILENCE_MS = 20_000;
const LONGEST_WAIT_MS = 15_000;

export class Live {
  /**
   * @param {string} queue
   * @param {{state: (state: import("./state.js").State) => void, link?: (online: boolean) => void,
   *   gone?: () => void, event?: (name: string, payload: any) => void}} on
   */
  constructor(queue, on) {
    this.queue = queue;
    this.on = on;
    this.state = null;
    this.online = null;
    this.offset = 0;
    this.wait = 500;
    this.open();
    this.syncClock();
    setInterval(() => this.check(), 5000);
    setInterval(() => this.syncClock(), 300_000);
    addEventListener("online", () => this.reopen(0));
    addEventListener("offline", () => this.setOnline(false));
    document.addEventListener("visibilitychange", () => document.hidden || this.check());
  }

  /** Milliseconds since 1970 by the server's clock. */
  now() {
    return Date.now() + this.offset;
  }

  open() {
    clearTimeout(this.timer);
    this.source?.close();
    this.heard = Date.now();
    const resume = this.lastId && this.state ? `?last_event_id=${encodeURIComponent(this.lastId)}` : "";
    const source = (this.source = new EventSource(`/queue/${this.queue}/events${resume}`));
    source.onopen = () => this.greeted();
    source.onerror = () => this.lost(source);
    source.addEventListener("reset", () => (this.state = null));
    for (const name of NAMES) source.addEventListener(name, (event) => this.hear(name, event));
  }

  greeted() {
    this.heard = Date.now();
    this.wait = 500;
    this.setOnline(true);
  }

  hear(name, event) {
    this.heard = Date.now();
    this.lastId = event.lastEventId || this.lastId;
    const payload = JSON.parse(event.data);
    const next = reduce(this.state, name, payload);
    if (next === null) return this.startOver();
    const changed = next !== this.state;
    this.state = next;
    if (name === "settings_change" && payload.settings === null) return this.vanish();
    this.on.event?.(name, payload);
    if (changed) this.on.state(next);
  }

  /** Events were missed: take a snapshot. */
  startOver() {
    this.state = null;
    this.lastId = null;
    this.reopen(500);
  }

  lost(source) {
    this.setOnline(false);
    if (source.readyState === EventSource.CLOSED) this.later(() => this.check(true), this.wait);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
  }

  reopen(delay) {
    this.source.close();
    this.later(() => this.open(), delay);
  }

  /** Not all at the same instant: a whole party comes back at once. */
  later(does, delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(does, delay * (0.75 + Math.random() / 2));
  }

  /**
   * A phone that changed its network keeps a dead stream without noticing. A plain request notices, and brings new
   * cookies where the old ones ran out; `closed`: the server has refused the stream.
   */
  async check(closed = false) {
    if ((!closed && Date.now() - this.heard < SILENCE_MS) || this.checking || this.over) return;
    this.checking = true;
    try {
      const { rev } = await get(`/queue/${this.queue}/`, { signal: AbortSignal.timeout?.(5000) });
      this.heard = Date.now();
      if (closed || !this.online || rev !== this.state?.rev) this.reopen(0);
    } catch (error) {
      if (error.status === 404) return this.vanish();
      this.setOnline(false);
      this.reopen(this.wait);
    } finally {
      this.checking = false;
    }
  }

  async syncClock() {
    const asked = Date.now();
    try {
      const { clock_ms: server } = await get("/.well-known/api-queue");
      this.offset = server - (asked + Date.now()) / 2;
    } catch { /* the next round will do */ }
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.on.link?.(online);
  }

  vanish() {
    this.over = true;
    this.source.close();
    this.on.gone?.();
  }
}
