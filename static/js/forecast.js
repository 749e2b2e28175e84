// What an add would be promised, asked of the server while the sheet is open.

import { post } from "./api.js";

const PAUSE_MS = 400;

export class Forecast {
  /** @param {string} queue @param {(answer: any, refusal: import("./api.js").Refusal|null) => void} told */
  constructor(queue, told) {
    Object.assign(this, { queue, told, asking: false, wish: null });
  }

  /** Of the last wish alone, once the typing pauses. */
  ask(wish) {
    this.wish = wish;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), PAUSE_MS);
  }

  stop() {
    this.wish = null;
    clearTimeout(this.timer);
  }

  /** One question at a time. */
  async send() {
    const { wish } = this;
    if (this.asking || !wish) return;
    this.asking = true;
    const answer = await post(`/queue/${this.queue}/items?dry_run=1`, wish).catch((error) => error);
    this.asking = false;
    if (this.wish !== wish) return this.send();
    this.wish = null;
    return answer instanceof Error ? this.told(null, answer) : this.told(answer, null);
  }
}
