// This tab on the one seat of the speaker: offered, taken, kept by heartbeats, given up with good grace.

/** Until the server says otherwise. */
const INTERVAL_MS = 5000;
/** A fade, and the tick that begins it. */
const FADING_MS = 800;
const AGAIN_MS = [1000, 2000, 5000];

export class Speaker {
  /**
   * @param {import("./device.js").Device} device
   * @param {{changed: () => void, beat: () => {item_id?: string, position_ms?: number}, removed: () => void}} how
   */
  constructor(device, how) {
    this.device = device;
    this.how = how;
    /** Whether this tab may sound: only then it is a spare, and lets the server hear of it. */
    this.ready = false;
    /** Of the seat that is this tab's; null: it makes no sound. */
    this.generation = null;
    /** Of a seat that waits for a tap. */
    this.offered = null;
    this.sole = false;
    this.intervalMs = INTERVAL_MS;
    this.beatenAt = -Infinity;
    this.reported = Promise.resolve();
    this.leave();
    addEventListener("pagehide", () => this.leave(true));
  }

  get active() {
    return this.generation !== null && (this.sole ? this.leaseEnd > 0 : this.leftMs > 0);
  }

  /**
   * Of the lease, by the clock that no one can set. That one stands still while a laptop sleeps: there the other one
   * tells that the time is over.
   */
  get leftMs() {
    return Math.min(this.leaseEnd - performance.now(), this.leaseEndByDate - Date.now());
  }

  /** The lease is about to end, and no heartbeat was answered. */
  get ending() {
    return !this.sole && this.leftMs < FADING_MS;
  }

  /** The seat was chosen for this device; it is this tab's when the server has heard so. */
  sit(generation) {
    if (this.generation === generation) return;
    this.leave();
    this.generation = this.device.generation = generation;
    this.offered = null;
    this.beat();
  }

  /** What the stream says of the seat. */
  heard(session) {
    if (this.generation !== null && session.generation > this.generation) this.giveUp();
    this.offered = this.generation === null && this.isMine(session) ? session.generation : null;
    if (this.offered !== null && this.ready) this.sit(this.offered);
  }

  /** Also the one that this device has lost, as long as no other has it: it may come back. */
  isMine({ active_device_id: active, generation }) {
    return active === this.device.id || (!active && generation === this.device.generation);
  }

  /** Four times a second. */
  tick() {
    if (performance.now() - this.beatenAt >= this.intervalMs) this.beat();
    if (this.active !== this.wasActive) this.tell();
  }

  /** One at a time, so that they arrive in their order: "no sound here" must not come behind the first of a seat. */
  async beat() {
    this.due = true;
    if (this.beating) return;
    this.beating = true;
    try {
      while (this.due) await this.heartbeat();
    } finally {
      this.beating = false;
    }
  }

  async heartbeat() {
    this.due = false;
    if (!this.ready || !this.device.token) return;
    const { generation, intervalMs } = this;
    const [sent, sentByDate] = [(this.beatenAt = performance.now()), Date.now()];
    try {
      const body = generation === null ? {} : { generation, ...this.how.beat() };
      const answer = await this.device.heartbeat(body, { signal: AbortSignal.timeout?.(intervalMs) });
      if (generation !== this.generation) return;
      this.intervalMs = answer.interval_ms;
      if (generation !== null) this.renew(answer, sent, sentByDate);
      else if (answer.active) this.sit(answer.generation);
    } catch (error) {
      if (generation === this.generation) this.refused(error);
    }
  }

  renew(answer, sent, sentByDate) {
    this.sole = answer.sole;
    this.leaseEnd = sent + answer.lease_ms;
    this.leaseEndByDate = sentByDate + answer.lease_ms;
    this.tell();
  }

  /** An answer that does not come, or that the server was not well, changes nothing before the lease ends. */
  refused({ status, code }) {
    if (code === "stale_generation") return this.giveUp();
    if (![401, 403, 404].includes(status)) return undefined;
    this.leave();
    this.device.token = null;
    this.ready = false;
    this.how.removed();
    return this.tell();
  }

  /** Silent first, and then the server hears it. */
  giveUp() {
    this.leave();
    this.tell();
    this.beat();
  }

  /** @param {boolean} [aloud] with the page's last breath */
  leave(aloud = false) {
    this.generation = null;
    this.leaseEnd = 0;
    this.leaseEndByDate = 0;
    if (aloud && this.device.token) this.device.heartbeat({ leaving: true }, { keepalive: true }).catch(() => {});
  }

  /** The browser wants a tap: who cannot sound must not keep the seat. */
  blocked() {
    const { generation } = this;
    this.giveUp();
    this.ready = false;
    this.offered = generation;
    this.tell();
  }

  tell() {
    this.wasActive = this.active;
    this.how.changed();
  }

  source = (trackId) => this.device.post("/media/token", { track_id: trackId });

  /** In their order, each said until the server has heard it, for as long as it is this tab's to say. */
  report(what, body) {
    const { generation } = this;
    this.reported = this.reported.then(() => this.say(what, { ...body, generation }));
  }

  async say(what, report) {
    for (let tries = 0; report.generation === this.generation; tries += 1) {
      try {
        return await this.device.post(`/sessions/${this.device.queue}/${what}`, report);
      } catch (error) {
        if (error.status >= 400 && error.status < 500) return undefined;
      }
      await new Promise((done) => setTimeout(done, AGAIN_MS[Math.min(tries, AGAIN_MS.length - 1)]));
    }
    return undefined;
  }
}
