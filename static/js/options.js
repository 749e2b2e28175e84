// How the queue plays: in random order, again and again, how loud.

import { post } from "./api.js";
import { byId, done, write } from "./dom.js";
import { Volume } from "./volume.js";

/** One button goes round these. */
const REPEATS = [["off", "Repeat"], ["all", "Repeat all"], ["one", "Repeat one"]];

export class Options {
  /** @param {import("./live.js").Live} live */
  constructor(live) {
    this.live = live;
    this.volume = new Volume(byId("volume"), live);
    this.shuffle = byId("shuffle");
    this.repeat = byId("repeat");
    this.shuffle.addEventListener("click", () => this.set({ shuffle: !live.state.session.shuffle }));
    this.repeat.addEventListener("click", () => this.set({ repeat_mode: this.after(live.state.session.repeat_mode) }));
  }

  after(mode) {
    return REPEATS[(REPEATS.findIndex(([each]) => each === mode) + 1) % REPEATS.length][0];
  }

  /** A list that the server sorts is in no other order. */
  show() {
    const { session: { shuffle, repeat_mode: mode }, settings } = this.live.state;
    this.volume.show();
    this.shuffle.disabled = this.repeat.disabled = settings.order !== "fifo";
    this.shuffle.setAttribute("aria-pressed", String(shuffle));
    this.repeat.setAttribute("aria-pressed", String(mode !== "off"));
    write(this.repeat.lastElementChild, REPEATS.find(([each]) => each === mode)[1]);
  }

  set(options) {
    return done(post(`/sessions/${this.live.queue}/options`, options));
  }
}
