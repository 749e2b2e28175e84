// What a host has just done, here or on another device, can be taken back for a minute.

import { get, post } from "./api.js";
import { done, toast, write } from "./dom.js";
import { remaining } from "./text.js";

const DONE = {
  delete: "Taken off.", refuse: "Refused.", admit: "Let in.", skip: "Skipped.", clear: "Cleared.", move: "Moved.",
  edit: "Changed.", settings: "Settings changed.",
};
/** What these tell could have been a host's doing. */
const NEWS = new Set(["items_change", "settings_change", "timeline_update"]);
const SOON_MS = 300;

export class Undo {
  /** @param {HTMLElement} root a text and a button @param {import("./live.js").Live} live */
  constructor(root, live) {
    Object.assign(this, { root, live, undo: null });
    [this.text, this.button] = root.children;
    this.button.onclick = () => this.press();
    setInterval(() => this.show(), 500);
  }

  hear(name, payload) {
    if (name === "snapshot") this.undo = payload.undo ?? null;
    if (!NEWS.has(name)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.load(), SOON_MS);
  }

  async load() {
    try {
      this.undo = (await get(`/queue/${this.live.queue}/`)).undo;
      this.show();
    } catch { /* the next event will do */ }
  }

  show() {
    const left = this.undo ? this.undo.until_ms - this.live.now() : 0;
    this.root.hidden = left <= 0;
    if (left <= 0) return;
    write(this.text, DONE[this.undo.verb]);
    write(this.button, `Undo ${remaining(left)}`);
  }

  press() {
    const path = `/queue/${this.live.queue}/command/undo`;
    return done(post(path).then(({ undone }) => toast(undone.sentence)).finally(() => this.load()));
  }
}
