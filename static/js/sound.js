// Two decks kept in step with a session: one plays, the other has the next track ready.

import { Deck } from "./deck.js";
import { projected } from "./times.js";
import { lookUp } from "./tracks.js";

/** What comes is loaded so long before the end of what plays: later plans may still change it. */
const AHEAD_MS = 40_000;

export class Sound {
  /**
   * @param {HTMLAudioElement[]} audios two
   * @param {{source: (trackId: string) => Promise<object>, ended: (itemId: string) => void,
   *   failed: (itemId: string, reason: string) => void, blocked: () => void, now: () => number}} how
   */
  constructor(audios, how) {
    this.how = how;
    this.session = null;
    const mine = (does) => (deck, ...args) => deck === this.deck && does(deck.itemId, ...args);
    const hears = { source: how.source, blocked: how.blocked, ended: mine(how.ended), failed: mine(how.failed) };
    [this.deck, this.spare] = audios.map((audio) => new Deck(audio, hears));
  }

  /** Whether a page may sound without a tap; an empty <audio> is refused at once. */
  static async allowed() {
    const audio = new Audio();
    const asked = audio.play().then(() => true, (error) => error.name !== "NotAllowedError");
    const allowed = await Promise.race([asked, new Promise((done) => setTimeout(() => done(true), 200))]);
    audio.pause();
    return allowed;
  }

  /** In a tap: some browsers let an <audio> sound only if it was touched then. */
  unlock() {
    for (const deck of [this.deck, this.spare]) if (!deck.itemId) deck.audio.load();
  }

  /**
   * Does what the session says. Called at each change, and often against drift.
   * @param {any} session @param {{id: string, track_id: string}} [next] what comes after the current item
   */
  follow(session, next) {
    this.session = session;
    if (session.play_state === "stopped" || !session.item_id) return this.release();
    if (session.item_id === this.spare.itemId) this.swap();
    if (session.item_id !== this.deck.itemId) return void this.deck.load(session.item_id, session.track_id);
    this.setVolume(session.volume);
    this.prepare(next);
    return session.play_state === "paused" ? this.pause() : this.play();
  }

  swap() {
    this.deck.empty();
    [this.deck, this.spare] = [this.spare, this.deck];
  }

  play() {
    const now = this.how.now();
    const at = projected(this.session, now);
    const wait = Math.max(-at, (this.session.quiet_until_ms ?? 0) - now);
    if (wait > 0) return this.cue(wait);
    return this.deck.play(at * this.tempo, this.tempo);
  }

  /** Before a track, and while the speaker before may still sound: everything is ready, and starts to the moment. */
  cue(ms) {
    this.deck.audio.pause();
    clearTimeout(this.cued);
    this.cued = setTimeout(() => this.session?.play_state === "playing" && this.play(), ms);
  }

  pause() {
    clearTimeout(this.cued);
    this.deck.pauseAt(Math.max(0, projected(this.session, this.how.now())) * this.tempo);
  }

  prepare(next) {
    const left = (this.session.duration_ms ?? 0) - projected(this.session, this.how.now());
    if (next && next.id !== this.spare.itemId && left < AHEAD_MS) this.spare.load(next.id, next.track_id);
  }

  get tempo() {
    return this.session?.tempo ?? 1;
  }

  /** What sounds, where in ms as they pass in the room, and how much of it is here; null while nothing does. */
  get place() {
    const { itemId, at, bufferMs } = this.deck;
    return at === null ? null : { item_id: itemId, position_ms: Math.round(at / this.tempo), buffer_ms: bufferMs };
  }

  /** Tracks are as loud as each other; a browser can make them softer only. @param {number} percent */
  setVolume(percent) {
    const loud = lookUp(this.deck.trackId, () => this.session && this.setVolume(this.session.volume))?.replaygain;
    this.deck.setLoudness((percent / 100) * Math.min(1, 10 ** ((loud?.track_gain_db ?? 0) / 20)));
  }

  /** @param {0|1} to */
  fade(to) {
    this.deck.fade(to);
  }

  /** Lets go of the music at once, whatever the session says. */
  release() {
    this.session = null;
    clearTimeout(this.cued);
    this.deck.empty();
    this.spare.empty();
  }
}
