// A track on top of the sheet that adds it: its cover, its names, and half a minute of it.

import { el } from "./dom.js";
import { length } from "./text.js";
import { cover, showCover } from "./tracks.js";

export function head(track) {
  const picture = cover();
  showCover(picture, track);
  return el("div", { className: "row" }, picture,
    el("div", { className: "grow" },
      el("h2", { dir: "auto", textContent: track.title }),
      el("p", { className: "dim", dir: "auto", textContent: track.artist })),
    el("span", { className: "dim digits", textContent: length(track.duration_ms) }));
}

/** Half a minute to listen to, where the host allows it. */
export function preview(live, track) {
  if (!live.state?.settings.preview) return [];
  const src = `/media/preview/${encodeURIComponent(track.track_id)}?queue=${live.queue}`;
  return [el("audio", { controls: true, preload: "none", src, ariaLabel: "Listen to the beginning" })];
}
