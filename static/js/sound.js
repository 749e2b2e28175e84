// One <audio> kept in step with a session: what plays here, at which position, how loud.

import { projected } from "./times.js";

/** Farther off than this is corrected: by a slightly other speed when near, by a jump when far. */
const OFF_MS = 300;
const FAR_MS = 2000;
const NUDGE = 0.04;
const FADE_MS = 400;

export class Sound {
  /**
   * @param {HTMLAudioElement} audio
   * @param {{source: (trackId: string) => Promise<string>, ended: (itemId: string) => void,
   *   failed: (itemId: string, reason: string) => void, blocked: () => void, now: () => number}} how
   */
  constructor(audio, how) {
    this.audio = audio;
    this.how = how;
    this.itemId = null;
    this.volume = 1;
    this.level = 0;
    this.tries = 0;
    audio.addEventListener("ended", () => this.itemId && this.how.ended(this.itemId));
    audio.addEventListener("error", () => this.broken());
    audio.addEventListener("playing", () => { this.tries = 0; });
    setInterval(() => this.follow(this.session), 500);
  }

  /** Does what the session says. Called at each change, and twice a second against drift. */
  follow(session) {
    this.session = session;
    if (!session || session.play_state === "stopped" || !session.item_id) return this.silence();
    if (session.item_id !== this.itemId) return this.load(session);
    if (session.play_state === "paused") return this.pause(session);
    const at = projected(session, this.how.now());
    if (at < 0) return this.cue(-at);
    if (!this.audio.readyState || (this.audio.ended && at > this.audio.duration * 1000 - FAR_MS)) return undefined;
    this.align(at);
    return this.audio.paused ? this.play() : undefined;
  }

  /** During the pause before a track its first bytes are here already; it starts to the moment. */
  cue(ms) {
    this.audio.pause();
    clearTimeout(this.cued);
    this.cued = setTimeout(() => this.follow(this.session), ms);
  }

  async load(session) {
    const { item_id: itemId, track_id: trackId } = session;
    this.empty();
    this.itemId = itemId;
    try {
      const url = await this.how.source(trackId);
      if (this.itemId !== itemId) return;
      this.level = 0;
      this.audio.src = url;
      this.audio.load();
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
    const itemId = this.itemId;
    if (!itemId || !this.audio.getAttribute("src")) return;
    this.tries += 1;
    const reason = this.audio.error?.message || "it could not be decoded";
    if (this.tries > 3 && navigator.onLine) this.how.failed(itemId, reason.slice(0, 200));
    this.again();
  }

  align(at) {
    const off = this.audio.currentTime * 1000 - at;
    if (this.audio.seeking) return;
    if (Math.abs(off) > FAR_MS || (this.audio.paused && Math.abs(off) > OFF_MS)) this.audio.currentTime = at / 1000;
    const near = Math.abs(off) < (this.audio.playbackRate === 1 ? OFF_MS : OFF_MS / 6);
    this.audio.playbackRate = near ? 1 : 1 - Math.sign(off) * NUDGE;
  }

  play() {
    this.fadeIn();
    return this.audio.play().catch((error) => error.name === "NotAllowedError" && this.how.blocked());
  }

  pause(session) {
    this.audio.pause();
    if (this.audio.readyState && !this.audio.seeking) {
      const at = Math.max(0, projected(session, this.how.now())) / 1000;
      if (Math.abs(this.audio.currentTime - at) > 0.05) this.audio.currentTime = at;
    }
  }

  silence() {
    if (this.itemId) this.empty();
  }

  empty() {
    this.itemId = null;
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }

  /** Lets go of the music at once, whatever the session says. */
  release() {
    this.session = null;
    clearTimeout(this.retry);
    clearTimeout(this.cued);
    this.silence();
  }

  setVolume(percent) {
    this.volume = percent / 100;
    this.audio.volume = this.volume * this.level;
  }

  /** Starts silent: no click, and no shock after a reconnect. */
  fadeIn() {
    clearInterval(this.fading);
    this.level = 0;
    this.fading = setInterval(() => {
      this.level = Math.min(1, this.level + 40 / FADE_MS);
      this.audio.volume = this.volume * this.level;
      if (this.level === 1) clearInterval(this.fading);
    }, 40);
  }
}
