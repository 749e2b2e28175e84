// How guests come in: the code and the address that lead here, and who sits where. It asks again, since no event tells.

import { get } from "./api.js";
import { joinAddress } from "./share.js";

const EVERY_MS = 60_000;
const AGAIN_MS = 10_000;

/**
 * `code` is empty for whoever may not show it; `picture` is the address of the QR code.
 * @typedef {{join: string, code: string, url: string, picture: string, tables: Record<string, number>}} Joining
 */

export class Door {
  /** @param {string} queue @param {(joining: Joining) => void} show */
  constructor(queue, show) {
    Object.assign(this, { queue, show });
    setInterval(() => this.load(), EVERY_MS);
    this.load();
  }

  async load() {
    clearTimeout(this.timer);
    try {
      this.take(await this.asked());
    } catch {
      this.again(AGAIN_MS);
    }
  }

  /** Asked for as JSON first: that renews a login that has run out, and a picture would be without the code then. */
  async asked() {
    try {
      return await get(`/queue/${this.queue}/join`);
    } catch (error) {
      if (error.status !== 401 && error.status !== 403) throw error;
      return { join: "open", code: "", url: await joinAddress(this.queue), tables: {}, expires_at: null };
    }
  }

  /** @param {any} joining as the server tells it; the picture changes with the code, and its address does not tell it */
  take({ expires_at: expires, ...joining }) {
    const ends = Date.parse(expires ?? "");
    const picture = `/queue/${this.queue}/join.svg${ends ? `?until=${ends}` : ""}`;
    this.show({ ...joining, code: joining.join === "code" ? joining.code : "", picture });
    if (ends - Date.now() < EVERY_MS) this.again(Math.max(1000, ends - Date.now()));
  }

  again(ms) {
    this.timer = setTimeout(() => this.load(), ms);
  }
}
