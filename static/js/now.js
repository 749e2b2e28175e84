// What is playing now, on whichever page: fills the parts marked with `data-now` below a root.

import { el, write } from "./dom.js";
import { current } from "./state.js";
import { length } from "./text.js";
import { projected } from "./times.js";
import { cover, lookUp, showCover } from "./tracks.js";

/** Characters beyond which a title wants smaller letters. */
const LONG = 22;
const STATES = { playing: "Now playing", paused: "Paused", stopped: "Up next" };

export class Now {
  /** @param {HTMLElement} root @param {import("./live.js").Live} live */
  constructor(root, live) {
    this.live = live;
    this.root = root;
    this.parts = Object.fromEntries([...root.querySelectorAll("[data-now]")].map((node) => [node.dataset.now, node]));
    if (this.parts.cover) this.parts.cover.append((this.cover = cover()));
    if (this.parts.bulbs) this.parts.bulbs.append((this.lit = el("i")));
    setInterval(() => this.tick(), 500);
  }

  /** The text of a part, if this page has it. */
  set(name, text) {
    if (this.parts[name]) write(this.parts[name], text);
  }

  show() {
    const { state } = this.live;
    if (!state) return;
    const item = current(state);
    const track = item && lookUp(item.track_id, () => this.show());
    this.root.dataset.state = item ? state.session.play_state : "idle";
    this.set("state", item ? STATES[state.session.play_state] : "");
    this.set("title", item ? (track?.title ?? "…") : "");
    this.parts.title.classList.toggle("long", this.parts.title.textContent.length > LONG);
    this.set("artist", track?.artist ?? "");
    this.set("performer", item?.performer_name ?? "");
    if (this.cover) showCover(this.cover, track ?? undefined);
    this.tick();
  }

  tick() {
    const session = this.live.state?.session;
    if (!session || !this.live.state) return;
    const total = session.item_id ? (session.duration_ms ?? 0) : 0;
    const at = session.item_id ? projected(session, this.live.now()) : 0;
    this.set("elapsed", at < 0 ? `starts in ${Math.ceil(-at / 1000)}` : length(at));
    this.set("left", `−${length(total - Math.max(0, at))}`);
    this.set("length", length(total));
    this.lit?.style.setProperty("--lit", `${total ? Math.max(0, (100 * at) / total).toFixed(2) : 0}%`);
  }
}
