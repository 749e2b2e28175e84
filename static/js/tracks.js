// Tracks by id (asked for once each, a few at a time), and what shows one.

import { get } from "./api.js";
import { el } from "./dom.js";

const AT_ONCE = 4;
const known = new Map();
const asked = new Map();
const line = [];
let running = 0;

/** Likes are kept up to date by events, and an answer may have been on its way meanwhile: those that are known stay. */
export function remember(tracks) {
  for (const track of tracks) {
    const { likes = track.likes, liked = track.liked } = known.get(track.track_id) ?? {};
    known.set(track.track_id, { ...track, likes, liked });
  }
}

/**
 * The track if it is known already, else undefined; `then` is called when it is, once however often it was named. Who
 * shows many rows names the same function for each: one made anew for each row would be called for each of them, and
 * ask again each time.
 */
export function lookUp(trackId, then) {
  if (known.has(trackId)) return known.get(trackId);
  if (asked.has(trackId)) {
    asked.get(trackId).add(then);
    return undefined;
  }
  asked.set(trackId, new Set([then]));
  line.push(trackId);
  work();
  return undefined;
}

function work() {
  while (running < AT_ONCE && line.length) {
    running += 1;
    load(line.shift()).finally(() => {
      running -= 1;
      work();
    });
  }
}

async function load(trackId) {
  try {
    known.set(trackId, await get(`/tracks/${encodeURIComponent(trackId)}`));
  } catch (error) {
    if (error.status === 404) known.set(trackId, { track_id: trackId, title: trackId, artist: "", cover: false });
  }
  const then = asked.get(trackId);
  asked.delete(trackId);
  if (known.has(trackId)) then.forEach((call) => call?.());
}

/** What is new about a track, if it is known here. */
export const mend = (trackId, news) => Object.assign(known.get(trackId) ?? {}, news);

/** A record's label in a colour of its own, warm enough for the room. */
function hue(trackId) {
  let mixed = 2166136261;
  for (const char of trackId) mixed = Math.imul(mixed ^ char.codePointAt(0), 16777619);
  return `hsl(${(mixed >>> 7) % 360} 62% 58%)`;
}

export const cover = () => el("span", { className: "cover", ariaHidden: "true" });

/** @param {HTMLElement} node of `cover()` @param {{track_id: string, cover: boolean}|undefined} track */
export function showCover(node, track) {
  const id = track?.track_id ?? "";
  if (node.dataset.track === id) return;
  node.dataset.track = id;
  node.style.setProperty("--label", hue(id));
  node.replaceChildren();
  if (!track?.cover) return;
  const image = el("img", { alt: "", loading: "lazy", decoding: "async", src: `/tracks/${encodeURIComponent(id)}/cover` });
  image.onerror = () => image.remove();
  node.append(image);
}
