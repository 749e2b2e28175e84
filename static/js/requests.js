// Devices that ask to be let in: the host compares the code, and lets them in or not.

import { del, get, post } from "./api.js";
import { done, el, fill } from "./dom.js";

const EVERY_MS = 3000;
const MAY = {
  speaker: "wants to play the music", screen: "wants to show the queue", remote: "wants to do all that a host does",
};

export class Requests {
  /** @param {HTMLElement} list @param {string} queue @param {() => void} decided */
  constructor(list, queue, decided) {
    this.list = list;
    this.path = `/queue/${queue}/devices/requests`;
    this.decided = decided;
    setInterval(() => document.hidden || this.load(), EVERY_MS);
    this.load();
  }

  async load() {
    try {
      const { requests } = await get(this.path);
      fill(this.list, requests, (each) => each.code, (each) => this.row(each), () => {});
    } catch { /* the next round will do */ }
  }

  row({ code, device_name: name, kind, device_platform: platform }) {
    const decide = (text, className, does, said) => el("button", {
      type: "button", className: `${className} grow`, textContent: text, ariaLabel: `${text} ${name}, ${code}`,
      onclick: () => this.decide(does, said),
    });
    return el("li", { className: "request" },
      el("strong", { className: "cut", dir: "auto", textContent: name }),
      el("span", { className: "code digits", textContent: code }),
      el("span", { className: "dim", textContent: [MAY[kind], platform].filter(Boolean).join(", ") }),
      el("div", { className: "row" },
        decide("Let in", "flame", () => post(`${this.path}/${code}`), `${name} is in.`),
        decide("Refuse", "", () => del(`${this.path}/${code}`), `${name} was refused.`)));
  }

  async decide(does, said) {
    await done(does(), said);
    await this.load();
    this.decided();
  }
}
