// A queue, followed: one event stream, its state, the server's clock, and whether we are connected.

import { get } from "./api.js";
import { reduce } from "./state.js";
import { Stream } from "./stream.js";

const NAMES = [
  "snapshot", "items_change", "settings_change", "timeline_update", "speaker_change", "options_change",
  "timeline_beacon", "tracks_change", "command", "device_change", "like",
];

export class Live {
  /**
   * @param {string} queue
   * @param {{state: (state: import("./state.js").State) => void, link?: (online: boolean) => void,
   *   gone?: () => void, out?: () => void, event?: (name: string, payload: any) => void}} on
   *   `gone`: there is no such queue; `out`: whoever was logged in is so no more
   */
  constructor(queue, on) {
    this.queue = queue;
    this.on = on;
    this.state = null;
    this.offset = 0;
    this.stream = new Stream(`/queue/${queue}/events`, NAMES, {
      hear: (name, payload) => this.hear(name, payload),
      reset: () => (this.state = null),
      link: (online) => on.link?.(online),
      probe: () => this.probe(),
    });
    this.syncClock();
    setInterval(() => this.syncClock(), 300_000);
  }

  get online() {
    return this.stream.online;
  }

  /** Milliseconds since 1970 by the server's clock. */
  now() {
    return Date.now() + this.offset;
  }

  hear(name, payload) {
    const next = reduce(this.state, name, payload);
    if (next === null) {
      this.state = null;
      return this.stream.startOver();
    }
    const changed = next !== this.state;
    this.state = next;
    if (name === "settings_change" && payload.settings === null) return this.vanish();
    this.on.event?.(name, payload);
    if (changed) this.on.state(next);
    return undefined;
  }

  async probe() {
    try {
      const { rev } = await get(`/queue/${this.queue}/`, { signal: AbortSignal.timeout?.(5000) });
      return rev === this.state?.rev;
    } catch (error) {
      if (error.status === 404) this.vanish();
      if (error.status === 401) this.on.out?.();
      throw error;
    }
  }

  async syncClock() {
    const asked = Date.now();
    try {
      const { clock_ms: server } = await get("/.well-known/api-queue");
      this.offset = server - (asked + Date.now()) / 2;
    } catch { /* the next round will do */ }
  }

  vanish() {
    this.stream.close();
    this.on.gone?.();
  }
}
