// What the member likes, the newest first; to be played one by one, or all.

import { get } from "./api.js";
import { byId, fill, write } from "./dom.js";
import { hearLikes } from "./heart.js";
import { count } from "./text.js";
import { makeTrackRow, showTrackRow } from "./track_row.js";
import { lookUp, remember } from "./tracks.js";

const SHOWN = 12;
const NONE = "Tap the heart of a track, here or at a party, and it stands here.";

export class Liked {
  /** @param {(trackIds: string[], what: string) => void} enqueue */
  constructor(enqueue) {
    this.enqueue = enqueue;
    this.tracks = [];
    this.asking = null;
    this.all = false;
    byId("play-liked").addEventListener("click", () =>
      enqueue(this.tracks.map((track) => track.track_id), count(this.tracks.length, "track")));
    byId("liked-more").addEventListener("click", () => {
      this.all = true;
      this.show();
    });
  }

  async load() {
    const asking = (this.asking = {});
    try {
      const { tracks } = await get("/likes");
      if (asking === this.asking) this.hear(tracks);
    } catch { /* the next event, or the next snapshot, will do */ }
  }

  /** Hearts elsewhere on this page show it too, whichever device of mine they were tapped on. */
  hear(tracks) {
    const liked = new Set(tracks.map((track) => track.track_id));
    const gone = this.tracks.filter((track) => !liked.has(track.track_id));
    this.tracks = tracks;
    remember(tracks);
    tracks.forEach(hearLikes);
    for (const { track_id: id } of gone) hearLikes({ track_id: id, likes: lookUp(id)?.likes, liked: false });
    this.show();
  }

  show() {
    const { length } = this.tracks;
    const shown = this.all ? this.tracks : this.tracks.slice(0, SHOWN);
    write(byId("liked-hint"), length ? count(length, "track") : NONE);
    byId("play-liked").hidden = !length;
    byId("liked-more").hidden = shown.length === length;
    write(byId("liked-more"), `Show all ${length}`);
    const row = () => makeTrackRow((id) => this.choose(id), true);
    fill(byId("liked"), shown, (track) => track.track_id, row, showTrackRow);
  }

  choose(id) {
    this.enqueue([id], this.tracks.find((track) => track.track_id === id).title);
  }
}
