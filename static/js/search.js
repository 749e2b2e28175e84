// The search box and the list of tracks under it.

import { get } from "./api.js";
import { el, fill, icon, write } from "./dom.js";
import { count } from "./text.js";
import { makeTrackRow, showTrackRow } from "./track_row.js";
import { cover, remember, showCover } from "./tracks.js";

const PAGE = 40;
/** More would be another list to search in. */
const MOST_ALBUMS = 8;

export class Search {
  /**
   * @param {HTMLElement} root holds an input, [data-found], a list [data-tracks] and a [data-more] button
   * @param {string|null} queue null: all that there is
   * @param {(track: any) => void} choose
   * @param {{hearts?: boolean, chooseAlbum?: (album: string) => void}} [how] each track has a heart; the albums of what
   *   was found stand in the root's list [data-albums]
   */
  constructor(root, queue, choose, { hearts = false, chooseAlbum } = {}) {
    this.input = root.querySelector("input");
    this.found = root.querySelector("[data-found]");
    this.list = root.querySelector("[data-tracks]");
    this.albums = root.querySelector("[data-albums]");
    this.more = root.querySelector("[data-more]");
    this.queue = queue;
    this.choose = choose;
    this.hearts = hearts;
    this.chooseAlbum = chooseAlbum;
    this.tracks = [];
    this.input.addEventListener("input", () => this.soon());
    this.input.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.input.blur();
    });
    this.more.addEventListener("click", () => this.load(this.tracks.length));
    this.load(0);
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(0), 180);
  }

  async load(offset) {
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    const words = this.input.value.trim();
    const query = new URLSearchParams({ q: words, limit: PAGE, offset });
    if (this.queue) query.set("queue", this.queue);
    try {
      const answer = await get(`/tracks?${query}`, { signal: asking.signal });
      remember(answer.tracks);
      this.tracks = [...this.tracks.slice(0, offset), ...answer.tracks];
      this.show(words, answer.total);
    } catch (error) {
      if (error.name !== "AbortError") this.fail(error);
    }
  }

  show(words, total) {
    write(this.found, foundText(words, total));
    this.more.hidden = this.tracks.length >= total;
    if (!total && !words) this.again();
    fill(this.list, this.tracks, (track) => track.track_id, () => this.row(), showTrackRow);
    if (this.chooseAlbum) this.showAlbums();
  }

  /** Of what was found so far, each by the first of its tracks. */
  showAlbums() {
    const albums = new Map();
    for (const track of this.tracks) if (track.album && !albums.has(track.album)) albums.set(track.album, track);
    const some = [...albums.values()].slice(0, MOST_ALBUMS);
    this.albums.hidden = !some.length;
    fill(this.albums, some, (track) => track.album, () => this.album(), showAlbum);
  }

  album() {
    const button = el("button", { type: "button" }, cover(),
      el("span", { className: "cut", dir: "auto" }), icon("plus"));
    const node = el("li", {}, button);
    button.addEventListener("click", () => this.chooseAlbum(node.dataset.key));
    return node;
  }

  fail(error) {
    write(this.found, error.sentence);
    this.again();
  }

  /** The server may be away, or still reading its music. */
  again() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(0), 5000);
  }

  row() {
    return makeTrackRow((id) => this.choose(this.tracks.find((track) => track.track_id === id)), this.hearts);
  }
}

function showAlbum(node, track) {
  const [button] = node.children;
  showCover(button.firstChild, track);
  write(button.children[1], track.album);
  button.title = button.ariaLabel = `Add the album ${track.album}`;
}

function foundText(words, total) {
  if (total) return count(total, "track");
  return words ? `Nothing found for “${words}”. Try fewer letters, or the artist.` : "There is no music here yet. Looking again…";
}
