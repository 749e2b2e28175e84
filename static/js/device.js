// This tab as a device of a queue: its id, its name, and the token of its own that it gets or asks the host for.

import { patch, post, randomKey } from "./api.js";
import { memory } from "./dom.js";

const KNOWN = ["Android", "iPhone", "iPad", "Windows", "Mac", "Linux"];
export const PLATFORM = KNOWN.find((name) => navigator.userAgent.includes(name)) ?? "unknown";

export class Device {
  /** @param {string} queue @param {() => void} changed */
  constructor(queue, changed) {
    this.queue = queue;
    this.changed = changed;
    this.registering = null;
    /** What the host has to recognise, while this device waits to be let in. */
    this.code = null;
    const kept = JSON.parse(memory.get("aq_device", "sessionStorage") || "{}");
    this.id = kept.id ?? randomKey();
    this.token = kept.queue === queue ? (kept.token ?? null) : null;
    /** Of the seat that it had last. */
    this.generation = kept.queue === queue ? (kept.generation ?? null) : null;
    // A reload keeps them, a duplicated tab must not have them: they are stored only while no page is there.
    memory.set("aq_device", "", "sessionStorage");
    addEventListener("pageshow", () => memory.set("aq_device", "", "sessionStorage"));
    addEventListener("pagehide", () => this.keep());
  }

  keep() {
    const { queue, id, token, generation } = this;
    memory.set("aq_device", JSON.stringify({ queue, id, token, generation }), "sessionStorage");
  }

  /** With the rights of a host or of a speaker at once, else as soon as the host lets it in. Throws the refusal. */
  register(name) {
    const before = this.registering ?? Promise.resolve();
    const turn = before.catch(() => {}).then(() => this.enter(name));
    const over = () => { if (this.registering === turn) this.registering = null; };
    this.registering = turn;
    turn.then(over, over);
    return turn;
  }

  async enter(name) {
    const { queue, id: device_id } = this;
    const wish = { queue, device_id, device_name: name, device_platform: PLATFORM, kind: "speaker" };
    let answer = await post("/devices/register", wish);
    const { claim } = answer;
    try {
      while (!answer.token) answer = await this.ask(answer, claim);
    } finally {
      this.code = null;
    }
    this.id = answer.device.device_id;
    this.token = answer.token;
    this.changed();
  }

  /** One more question after a while; a lost answer is none. */
  async ask(answer, claim) {
    this.code = answer.code;
    this.changed();
    await new Promise((done) => setTimeout(done, answer.interval_s * 1000));
    try {
      return await post("/devices/claim", { claim });
    } catch (error) {
      if (error.status === 0 || error.status >= 500) return answer;
      throw error;
    }
  }

  /** @param {{keepalive?: boolean, signal?: AbortSignal}} [options] */
  heartbeat(body, options = {}) {
    return this.send(patch, "/devices/heartbeat", body, options);
  }

  post(path, body) {
    return this.send(post, path, body);
  }

  /** In its own name. While it registers anew its old token is dead already: then once more with the new one. */
  async send(verb, path, body, options = {}) {
    const { token } = this;
    try {
      return await verb(path, body, { token, ...options });
    } catch (error) {
      if (error.status !== 401) throw error;
      await this.registering;
      if (token === this.token) throw error;
      return verb(path, body, { token: this.token, ...options });
    }
  }
}
