// This tab as the one speaker of a queue: claim it, keep it by heartbeats, lose it with good grace.

import { patch, post, randomKey } from "./api.js";
import { memory } from "./dom.js";

const BEAT_MS = 5000;

export class Speaker {
  /**
   * @param {string} queue
   * @param {{changed: (session?: any) => void, taken: (name: string) => void,
   *   beat: () => {item_id?: string, position_ms?: number}}} how
   */
  constructor(queue, how) {
    this.queue = queue;
    this.how = how;
    this.generation = null;
    this.wanted = false;
    this.deviceId = memory.get("aq_device", "sessionStorage") || randomKey();
    // A reload keeps the id, a duplicated tab must not have it: it is stored only while no page is there.
    memory.set("aq_device", "", "sessionStorage");
    addEventListener("pagehide", () => memory.set("aq_device", this.deviceId, "sessionStorage"));
    setInterval(() => this.beat(), BEAT_MS);
    setInterval(() => this.active && performance.now() > this.leaseEnd && this.drop(), 500);
  }

  get active() {
    return this.generation !== null;
  }

  /** Asks to be the speaker; `takeOver` also when another one plays. Throws the server's refusal. */
  async claim(name, takeOver) {
    this.name = name;
    const body = { device_id: this.deviceId, device_name: name, ...(takeOver ? {} : { if_free: true }) };
    const session = await post(`/sessions/${this.queue}/speaker`, body);
    this.wanted = true;
    this.generation = session.generation;
    this.renew(15_000);
    this.how.changed(session);
  }

  /** The lease is kept by this device's own clock that no one can set. */
  renew(ms) {
    this.leaseEnd = performance.now() + ms;
  }

  async beat() {
    if (!this.wanted) return;
    if (!this.active) return void this.comeBack();
    const { generation } = this;
    const sent = performance.now();
    try {
      const body = { queue: this.queue, device_id: this.deviceId, generation, ...this.how.beat() };
      const answer = await patch("/devices/heartbeat", body);
      if (generation !== this.generation) return;
      if (answer.active === false) return void this.drop(true);
      this.leaseEnd = sent + Math.max(0, answer.lease_until_ms - answer.clock_ms);
    } catch (error) {
      if (generation === this.generation && [403, 404, 409].includes(error.status)) this.drop(error.status !== 409);
    }
  }

  /** After a gap this tab offers itself again, but never takes the music from another. */
  async comeBack() {
    try {
      await this.claim(this.name, false);
    } catch (error) {
      if (error.status === 409) this.drop(true, error.facts.speaker);
    }
  }

  /** @param {boolean} [lost] another one has it now, so do not ask again @param {string} [to] its name */
  drop(lost = false, to = undefined) {
    this.generation = null;
    if (lost) this.wanted = false;
    if (to) this.how.taken(to);
    this.how.changed();
  }

  /** The stream said who speaks. */
  heard(session) {
    if (this.active && session.generation > this.generation) this.drop(session.active_device_id !== null);
  }

  source = async (trackId) => {
    const body = { queue: this.queue, device_id: this.deviceId, generation: this.generation, track_id: trackId };
    return (await post("/media/token", body)).url;
  };

  report(what, itemId, reason) {
    const body = { item_id: itemId, generation: this.generation, ...(reason ? { reason } : {}) };
    return post(`/sessions/${this.queue}/${what}`, body).catch(() => {});
  }
}
