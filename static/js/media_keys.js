// What plays here on the lock screen and on the keys of a headset, and what is pressed there.

import { post } from "./api.js";
import { done } from "./dom.js";
import { current } from "./state.js";
import { projected } from "./times.js";
import { lookUp } from "./tracks.js";

/** The browser's name of a key -> ours of the verb. */
const VERBS = { play: "play", pause: "pause", stop: "stop", nexttrack: "next", previoustrack: "prev", seekto: "seek" };
const { mediaSession } = navigator;

export class MediaKeys {
  /** @param {import("./live.js").Live} live @param {boolean} mayControl whether this page's person is a host */
  constructor(live, mayControl) {
    this.live = live;
    if (!mediaSession) return;
    for (const [key, verb] of mayControl ? Object.entries(VERBS) : []) {
      // A browser that does not know a key throws.
      try { mediaSession.setActionHandler(key, (press) => this.give(verb, press)); } catch { /* one key less */ }
    }
  }

  give(verb, { seekTime }) {
    const { tempo = 1 } = this.live.state.session;
    const args = verb === "seek" ? { position_ms: Math.round((seekTime * 1000) / tempo) } : {};
    return done(post(`/sessions/${this.live.queue}/${verb}`, args));
  }

  /** @param {boolean} active whether the music comes out of this page */
  show(active) {
    if (!mediaSession) return;
    const item = active && this.live.state ? current(this.live.state) : null;
    const track = item && lookUp(item.track_id, () => this.show(active));
    mediaSession.playbackState = item ? this.live.state.session.play_state.replace("stopped", "none") : "none";
    if (track?.track_id !== this.shown) mediaSession.metadata = track ? metadata(track) : null;
    this.shown = track?.track_id;
    if (item) this.showPosition();
  }

  /** The browser counts on by itself, at its own speed. */
  showPosition() {
    const { session } = this.live.state;
    const tempo = session.tempo ?? 1;
    const position = Math.max(0, projected(session, this.live.now()));
    const seconds = (ms) => (ms * tempo) / 1000;
    mediaSession.setPositionState?.({
      duration: seconds(session.duration_ms ?? 0), position: seconds(position), playbackRate: tempo,
    });
  }
}

function metadata({ track_id: id, title, artist, album, cover }) {
  const artwork = cover ? [{ src: `/tracks/${encodeURIComponent(id)}/cover` }] : [];
  return new MediaMetadata({ title, artist: artist ?? "", album: album ?? "", artwork });
}
