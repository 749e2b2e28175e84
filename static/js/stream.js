// An event stream that is kept: it comes back after a break, a dead network, a login that ran out, and misses nothing.

/** Comments keep the stream open unseen, so after this silence we ask by another way. */
const SILENCE_MS = 20_000;
const LONGEST_WAIT_MS = 15_000;

export class Stream {
  /**
   * @param {string} address
   * @param {string[]} names of events
   * @param {{hear: (name: string, payload: any) => void, reset?: () => void, link?: (online: boolean) => void,
   *   probe: () => Promise<boolean>}} on `probe` asks the server by another way: whether we have what there is
   */
  constructor(address, names, on) {
    this.address = address;
    this.names = names;
    this.on = on;
    this.online = null;
    this.wait = 500;
    this.open();
    setInterval(() => this.check(), 5000);
    addEventListener("online", () => this.reopen(0));
    addEventListener("offline", () => this.setOnline(false));
    document.addEventListener("visibilitychange", () => document.hidden || this.check());
  }

  open() {
    clearTimeout(this.timer);
    this.source?.close();
    this.heard = Date.now();
    const resume = this.lastId ? `?last_event_id=${encodeURIComponent(this.lastId)}` : "";
    const source = (this.source = new EventSource(this.address + resume));
    source.onopen = () => this.greeted();
    source.onerror = () => this.lost(source);
    source.addEventListener("reset", () => {
      this.lastId = null;
      this.on.reset?.();
    });
    for (const name of this.names) source.addEventListener(name, (event) => this.hear(name, event));
  }

  greeted() {
    this.heard = Date.now();
    this.wait = 500;
    this.setOnline(true);
  }

  hear(name, event) {
    this.heard = Date.now();
    this.lastId = event.lastEventId || this.lastId;
    this.on.hear(name, JSON.parse(event.data));
  }

  /** Events were missed: take a snapshot. */
  startOver() {
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
      const current = await this.on.probe();
      this.heard = Date.now();
      if (closed || !this.online || !current) this.reopen(0);
    } catch {
      if (this.over) return;
      this.setOnline(false);
      this.reopen(this.wait);
    } finally {
      this.checking = false;
    }
  }

  setOnline(online) {
    if (this.online === online) return;
    this.online = online;
    this.on.link?.(online);
  }

  /** For good. */
  close() {
    this.over = true;
    clearTimeout(this.timer);
    this.source.close();
  }
}
