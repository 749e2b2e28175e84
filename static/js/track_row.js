// A track in a list: a tap chooses it, its heart stands beside it.

import { el, write } from "./dom.js";
import { heart, showHeart } from "./heart.js";
import { length } from "./text.js";
import { cover, showCover } from "./tracks.js";

/** @param {(trackId: string) => void} choose @param {boolean} [withHeart] */
export function makeTrackRow(choose, withHeart = false) {
  const button = el("button", { type: "button", className: "track" }, cover(),
    el("span", { className: "grow" },
      el("strong", { className: "cut", dir: "auto" }), el("span", { className: "cut dim", dir: "auto" })),
    el("span", { className: "dim digits" }));
  const node = el("li", {}, button, withHeart ? heart() : null);
  button.addEventListener("click", () => choose(node.dataset.key));
  return node;
}

export function showTrackRow(node, track) {
  const [title, artist] = node.querySelectorAll(".cut");
  showCover(node.querySelector(".cover"), track);
  write(title, track.title);
  write(artist, track.artist);
  write(node.querySelector(".digits"), length(track.duration_ms));
  if (node.children[1]) showHeart(node.children[1], track.track_id);
}
