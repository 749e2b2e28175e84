// One <audio>: loads the track of an item, keeps it in step, fades. A track may be a part of what the <audio> has.

/** Farther off than this is corrected: by a slightly other speed when near, by a jump when far. */
const OFF_MS = 300;
const FAR_MS = 2000;
const NUDGE = 0.04;
const FADE_MS = 400;
const STEP_MS = 40;

export class Deck {
  /**
   * @param {HTMLAudioElement} audio
   * @param {{source: (trackId: string) => Promise<{url: string, part_of: {start_ms: number, end_ms: number}|null}>,
   *   ended: (deck: Deck) => void, failed: (deck: Deck, reason: string) => void, blocked: () => void}} how
   */
  constructor(audio, how) {
    this.audio = audio;
    this.how = how;
    this.itemId = null;
    this.trackId = null;
    /** Of the track, in ms of the file. */
    [this.begins, this.ends] = [0, Infinity];
    this.loudness = 1;
    this.level = 0;
    this.tries = 0;
    audio.addEventListener("ended", () => this.itemId && how.ended(this));
    audio.addEventListener("error", () => this.broken());
    audio.addEventListener("playing", () => { this.tries = 0; });
    for (const moment of ["playing", "seeked"]) audio.addEventListener(moment, () => this.stopAtEnd());
  }

  /** Milliseconds of the track, at its own speed; null while it does not sound. */
  get at() {
    const { audio } = this;
    return this.itemId && audio.readyState && !audio.paused && !audio.seeking ? this.position : null;
  }

  /** Milliseconds of the track, whether it sounds or not. */
  get position() {
    return this.audio.currentTime * 1000 - this.begins;
  }

  set position(ms) {
    this.audio.currentTime = (this.begins + ms) / 1000;
  }

  get isOver() {
    return this.audio.ended || this.begins + this.position >= this.ends;
  }

  get length() {
    return Math.min(this.audio.duration * 1000, this.ends) - this.begins;
  }

  /** Of music that is here already. */
  get bufferMs() {
    const { buffered, currentTime } = this.audio;
    for (let part = 0; part < buffered.length; part += 1) {
      if (buffered.start(part) <= currentTime && currentTime <= buffered.end(part)) {
        return Math.round((buffered.end(part) - currentTime) * 1000);
      }
    }
    return 0;
  }

  async load(itemId, trackId) {
    this.empty();
    if (this.failing !== itemId) [this.failing, this.tries] = [itemId, 0];
    [this.itemId, this.trackId] = [itemId, trackId];
    try {
      const { url, part_of: part } = await this.how.source(trackId);
      if (this.itemId !== itemId) return;
      [this.begins, this.ends] = part ? [part.start_ms, part.end_ms] : [0, Infinity];
      this.audio.src = url;
      this.audio.load();
      if (part) this.position = 0;
    } catch {
      if (this.itemId === itemId) this.again();
    }
  }

  /** Once more, later each time, with a fresh address: the server may be away, or the old one dead. */
  again() {
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.empty(), 1000 * Math.min(5, this.tries + 1));
  }

  broken() {
    if (!this.itemId || !this.audio.getAttribute("src")) return;
    this.tries += 1;
    if (this.tries > 3) this.how.failed(this, (this.audio.error?.message || "it could not be decoded").slice(0, 200));
    this.again();
  }

  /** Sounds from `at` ms of the track on, `tempo` times as fast; the pitch stays. */
  play(at, tempo) {
    if (!this.audio.readyState || (this.isOver && at > this.length - FAR_MS)) return;
    this.align(at, tempo);
    this.stopAtEnd();
    if (!this.audio.paused) return;
    this.level = 0;
    this.fade(1, true);
    this.audio.play().catch((error) => error.name === "NotAllowedError" && this.how.blocked());
  }

  /** Of a part, behind which its file goes on; where the file ends as well, the <audio> says so. */
  stopAtEnd() {
    clearTimeout(this.ending);
    if (this.ends === Infinity || this.audio.paused || this.audio.seeking || this.audio.ended) return;
    if (this.isOver) {
      this.audio.pause();
      this.how.ended(this);
    } else {
      this.ending = setTimeout(() => this.stopAtEnd(), (this.length - this.position) / this.audio.playbackRate);
    }
  }

  align(at, tempo) {
    const off = this.position - at;
    if (this.audio.seeking) return;
    if (Math.abs(off) > FAR_MS || (this.audio.paused && Math.abs(off) > OFF_MS)) this.position = at;
    const near = Math.abs(off) < (this.audio.playbackRate === tempo ? OFF_MS : OFF_MS / 6);
    this.audio.playbackRate = near ? tempo : tempo * (1 - Math.sign(off) * NUDGE);
  }

  pauseAt(at) {
    this.audio.pause();
    if (!this.audio.readyState || this.audio.seeking) return;
    if (Math.abs(this.position - at) > 50) this.position = at;
  }

  empty() {
    clearTimeout(this.retry);
    clearTimeout(this.ending);
    this.audio.pause();
    if (this.itemId === null) return;
    this.itemId = null;
    this.trackId = null;
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  /** @param {number} loudness 0 to 1, before any fading */
  setLoudness(loudness) {
    this.loudness = loudness;
    this.audio.volume = this.loudness * this.level;
  }

  /** Starts silent: no click, and no shock after a reconnect. @param {0|1} to @param {boolean} [anew] */
  fade(to, anew = false) {
    if (this.target === to && !anew) return;
    this.target = to;
    clearInterval(this.fading);
    this.fading = setInterval(() => {
      const step = STEP_MS / FADE_MS;
      this.level = to ? Math.min(1, this.level + step) : Math.max(0, this.level - step);
      this.audio.volume = this.loudness * this.level;
      if (this.level === to) clearInterval(this.fading);
    }, STEP_MS);
  }
}
