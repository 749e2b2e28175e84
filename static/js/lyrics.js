// The words of a song in time with the music, on the display and on the singer's phone.

import { get } from "./api.js";
import { el } from "./dom.js";
import { projected } from "./times.js";

const TICK_MS = 100;
const AGAIN_MS = 5000;
const NONE = { text: "", lines: null };

/**
 * Each line of words with its time, ms into the recording. It ends at the next stamp, also where no words follow. Pure.
 * @param {{at_ms: number, text: string}[]} lines in the order of time
 */
export function timed(lines) {
  const stamps = [...new Set(lines.map((line) => line.at_ms))];
  const ends = new Map(stamps.map((stamp, place) => [stamp, stamps[place + 1] ?? Infinity]));
  return lines.filter((line) => line.text).map(({ at_ms: from, text }) => ({ from, until: ends.get(from), text }));
}

/** `past`, `now`, `next` or `later` for each; lines of one stamp are sung together. Pure. */
export function phases(rows, at) {
  const next = rows.find((row) => row.from > at)?.from;
  return rows.map(({ from, until }) => {
    if (until <= at) return "past";
    if (from <= at) return "now";
    return from === next ? "next" : "later";
  });
}

/** Where in the recording the voice is: the session counts time as it passes in the room. Pure. @param {number} now ms */
export function sungAt(session, settings, now) {
  return (projected(session, now) - settings.lyrics_offset_ms) * session.tempo;
}

export class Lyrics {
  /**
   * @param {HTMLElement} list for the lines; each gets `data-when`
   * @param {import("./live.js").Live} live
   * @param {{loaded: (plain: string) => void, sung?: (line: HTMLElement) => void}} on `plain`: words that have no times
   */
  constructor(list, live, on) {
    Object.assign(this, { list, live, on, item: null, rows: [] });
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  /** The words of this item from now on. @param {import("./state.js").Item|null} item */
  show(item) {
    const same = item?.track_id === this.item?.track_id;
    this.item = item;
    if (same) return;
    this.take(NONE);
    if (item) this.load(item.track_id);
  }

  async load(trackId) {
    const wanted = () => this.item?.track_id === trackId;
    try {
      const words = await get(`/tracks/${encodeURIComponent(trackId)}/lyrics`);
      if (wanted()) this.take(words);
    } catch (error) {
      if (!error.status || error.status >= 500) setTimeout(() => wanted() && this.load(trackId), AGAIN_MS);
    }
  }

  take(words) {
    this.rows = timed(words.lines ?? []);
    this.list.replaceChildren(...this.rows.map(({ text }) => el("li", { dir: "auto", textContent: text })));
    this.on.loaded(this.rows.length ? "" : words.text);
    this.tick();
  }

  tick() {
    const { state } = this.live;
    if (!state || !this.item) return;
    const plays = state.session.item_id === this.item.id;
    const at = plays ? sungAt(state.session, state.settings, this.live.now()) : -Infinity;
    phases(this.rows, at).forEach((phase, place) => this.mark(this.list.children[place], phase));
  }

  mark(line, phase) {
    if (line.dataset.when === phase) return;
    line.dataset.when = phase;
    if (phase === "now") this.on.sung?.(line);
  }

  stop() {
    clearInterval(this.timer);
    this.item = null;
  }
}
