// The search box and the list of tracks under it.

import { get } from "./api.js";
import { el, fill, write } from "./dom.js";
import { heart, showHeart } from "./heart.js";
import { count, length } from "./text.js";
import { cover, remember, showCover } from "./tracks.js";

const PAGE = 40;

export class Search {
  /**
   * @param {HTMLElement} root holds an input, [data-found], a list and a [data-more] button
   * @param {string|null} queue null: all that there is
   * @param {(track: any) => void} choose
   * @param {boolean} [hearts] each track has one
   */
  constructor(root, queue, choose, hearts = false) {
    this.input = root.querySelector("input");
    this.found = root.querySelector("[data-found]");
    this.list = root.querySelector("ul");
    this.more = root.querySelector("[data-more]");
    this.queue = queue;
    this.choose = choose;
    this.hearts = hearts;
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
    fill(this.list, this.tracks, (track) => track.track_id, () => this.row(), showRow);
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
    const button = el("button", { type: "button", className: "track" }, cover(),
      el("span", { className: "grow" },
        el("strong", { className: "cut", dir: "auto" }), el("span", { className: "cut dim", dir: "auto" })),
      el("span", { className: "dim digits" }));
    const node = el("li", {}, button, this.hearts ? heart() : null);
    button.addEventListener("click", () => this.choose(this.tracks.find((t) => t.track_id === node.dataset.key)));
    return node;
  }
}

function showRow(node, track) {
  const [title, artist] = node.querySelectorAll(".cut");
  showCover(node.querySelector(".cover"), track);
  write(title, track.title);
  write(artist, track.artist);
  write(node.querySelector(".digits"), length(track.duration_ms));
  if (node.children[1]) showHeart(node.children[1], track.track_id);
}

function foundText(words, total) {
  if (total) return count(total, "track");
  return words ? `Nothing found for “${words}”. Try fewer letters, or the artist.` : "There is no music here yet. Looking again…";
}
