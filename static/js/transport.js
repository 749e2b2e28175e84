// Play, pause, stop and the like, and the seek bar.

import { post } from "./api.js";
import { byId, el, icon, toast, write } from "./dom.js";
import { waiting } from "./state.js";
import { length } from "./text.js";
import { projected } from "./times.js";

const COMMANDS = [
  ["prev", "Back", "Back to the start, or to the track before"],
  ["restart", "Restart", "From the beginning"],
  ["toggle", "Play", ""],
  ["stop", "Stop", "Stop, and put the track back on the queue"],
  ["next", "Next", "On to the next; this one counts as played"],
  ["skip", "Skip", "On to the next; this one counts as skipped"],
];

export class Transport {
  /** @param {import("./live.js").Live} live @param {string[]} [only] these commands */
  constructor(live, only) {
    this.live = live;
    this.buttons = {};
    for (const [name, label, title] of COMMANDS.filter(([each]) => !only || only.includes(each))) {
      const className = name === "toggle" ? "flame host-only" : name === "skip" ? "" : "host-only";
      const button = el("button", { type: "button", className, title, disabled: true, onclick: () => this.give(name) },
        icon(name === "toggle" ? "play" : name), el("span", { textContent: label }));
      this.buttons[name] = button;
      byId("commands").append(button);
    }
    this.seek = byId("seek");
    this.seek.addEventListener("input", () => { this.held = true; this.tell(); });
    this.seek.addEventListener("change", () => this.give("seek", { position_ms: Number(this.seek.value) }));
    setInterval(() => this.tick(), 500);
  }

  async give(name, args = {}) {
    const { play_state: was } = this.live.state.session;
    const command = name === "toggle" ? (was === "playing" ? "pause" : "play") : name;
    try {
      await post(`/queue/${this.live.queue}/command/${command}`, args);
    } catch (error) {
      toast(error.sentence);
    } finally {
      this.held = false;
    }
  }

  show() {
    const { session } = this.live.state;
    const playing = session.play_state === "playing";
    const idle = session.item_id === null;
    this.showToggle(playing ? "pause" : "play", playing ? "Pause" : "Play");
    const any = waiting(this.live.state).length > 0;
    for (const [name, button] of Object.entries(this.buttons)) button.disabled = idle && !(name === "toggle" && any);
    byId("idle").hidden = !idle;
    write(byId("idle"), any ? "Stopped. Press Play." : "Nothing to play yet.");
    this.seek.disabled = idle;
    this.tick();
  }

  /** A browser asks for the icons again at each change of the address. */
  showToggle(sign, text) {
    const [use] = this.buttons.toggle.getElementsByTagName("use");
    const address = `/static/icons.svg#${sign}`;
    if (use.getAttribute("href") !== address) use.setAttribute("href", address);
    write(this.buttons.toggle.lastChild, text);
  }

  tick() {
    const session = this.live.state?.session;
    if (!session || this.held) return;
    this.seek.max = String(session.duration_ms ?? 0);
    this.seek.value = String(session.item_id ? Math.max(0, projected(session, this.live.now())) : 0);
    this.tell();
  }

  tell() {
    this.seek.setAttribute("aria-valuetext", `${length(Number(this.seek.value))} of ${length(Number(this.seek.max))}`);
  }
}
