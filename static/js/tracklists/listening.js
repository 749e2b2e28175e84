// One <audio> of a recording. Its address lives for a while only: a fresh one is asked for whenever one is needed.

import { post } from "../api.js";

const EARLY_MS = 5000;
const TRIES = 3;

export class Listening {
  /**
   * @param {HTMLAudioElement} audio @param {string} path of the list
   * @param {{told: (sentence: string) => void, moved: () => void}} on
   * @param {AbortSignal} signal ends it
   */
  constructor(audio, path, on, signal) {
    this.audio = audio;
    this.path = path;
    this.on = on;
    this.signal = signal;
    this.tries = 0;
    this.wanted = false;
    const moves = ["timeupdate", "play", "pause", "seeked"];
    for (const event of moves) audio.addEventListener(event, () => on.moved(), { signal });
    audio.addEventListener("playing", () => { this.tries = 0; on.told(""); }, { signal });
    audio.addEventListener("ended", () => this.pause(), { signal });
    audio.addEventListener("error", () => this.broken(), { signal });
  }

  get isPlaying() {
    return !this.audio.paused && !this.audio.ended;
  }

  /** Milliseconds of the recording. */
  get at() {
    return this.audio.currentTime * 1000;
  }

  get isFresh() {
    return Date.now() < this.until && Boolean(this.audio.getAttribute("src"));
  }

  /** @param {number} [ms] from there; else from where it is */
  async play(ms = this.at) {
    this.wanted = true;
    try {
      if (!this.isFresh) await this.renew();
      if (Math.abs(this.at - ms) > 1) this.audio.currentTime = ms / 1000;
      await this.audio.play();
    } catch (error) {
      if (error.name !== "AbortError") this.silent(error);
    }
  }

  silent(error) {
    this.wanted = false;
    const tap = error.name === "NotAllowedError" ? "Tap play once more." : "";
    if (tap || error.sentence) this.on.told(tap || error.sentence);
  }

  async seek(ms) {
    if (this.isPlaying) return this.play(ms);
    try {
      if (!this.isFresh) await this.renew();
      this.audio.currentTime = ms / 1000;
    } catch (error) {
      this.silent(error);
    }
    return undefined;
  }

  pause() {
    this.wanted = false;
    this.audio.pause();
  }

  async renew() {
    const asked = Date.now();
    const { url, ttl_s: ttl } = await post(`${this.path}/listen`, {}, { signal: this.signal });
    this.until = asked + ttl * 1000 - EARLY_MS;
    this.audio.src = url;
  }

  /** The address has died, or the network: once more from there. */
  async broken() {
    if (!this.wanted || !this.audio.getAttribute("src")) return;
    const at = this.at;
    this.until = 0;
    this.tries += 1;
    if (this.tries > TRIES) return this.fail();
    await new Promise((done) => setTimeout(done, 500 * this.tries));
    if (this.wanted) await this.play(at);
  }

  fail() {
    this.wanted = false;
    this.on.told("The recording cannot be heard in this browser now. Its times can be typed all the same.");
  }

  close() {
    this.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
  }
}
