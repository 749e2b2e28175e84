// The heart on a track: how many like it, and whether I do.

import { del, post } from "./api.js";
import { el, icon, toast, write } from "./dom.js";
import { count } from "./text.js";
import { lookUp, mend } from "./tracks.js";

const asking = new Set();

export function heart() {
  const onclick = () => toggle(node.dataset.track);
  const node = el("button", { type: "button", className: "heart", onclick }, icon("heart"), el("span", { className: "digits" }));
  return node;
}

/** None while the track is not known, or the library does not have it any more. */
export function showHeart(node, trackId) {
  node.dataset.track = trackId ?? "";
  const track = trackId && lookUp(trackId, () => node.dataset.track === trackId && showHeart(node, trackId));
  node.hidden = !track || track.likes === undefined;
  if (node.hidden) return;
  node.setAttribute("aria-pressed", String(track.liked));
  node.setAttribute("aria-label", track.likes ? `Like, ${count(track.likes, "like")} so far` : "Like");
  node.setAttribute("aria-description", track.title);
  write(node.lastChild, track.likes ? String(track.likes) : "");
}

/** What an event says, which is for everybody, or an answer, which has `liked` too; every heart of the track shows it. */
export function hearLikes({ track_id: trackId, likes, liked }) {
  mend(trackId, liked === undefined ? { likes } : { likes, liked });
  for (const node of document.querySelectorAll(`.heart[data-track="${CSS.escape(trackId)}"]`)) showHeart(node, trackId);
}

/** Shown before the server has answered, and taken back if it refuses. */
async function toggle(trackId) {
  if (asking.has(trackId)) return;
  asking.add(trackId);
  const { likes, liked } = lookUp(trackId);
  hearLikes({ track_id: trackId, likes: likes + (liked ? -1 : 1), liked: !liked });
  try {
    hearLikes(await (liked ? del : post)(`/tracks/${encodeURIComponent(trackId)}/like`));
  } catch (error) {
    hearLikes({ track_id: trackId, likes, liked });
    toast(error.sentence);
  } finally {
    asking.delete(trackId);
  }
}
