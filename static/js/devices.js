// The devices of a queue: which one is the speaker, in which order others take over, and which go.

import { del, get, post, put } from "./api.js";
import { byId, done, el, fill, icon, sheet, write } from "./dom.js";
import { joinAddress } from "./share.js";
import { day } from "./text.js";

const KINDS = { screen: "screen", remote: "remote control" };
const ICONS = { speaker: "bell", screen: "screen", remote: "remote" };
const UNHEARD = "No speaker is on, so nobody hears it. Start one again, or open the player.";
const WHY = {
  speaker_lost: "The speaker was lost, and the music waits. Check its power and Wi-Fi, or choose another one.",
  restart: "The server was started anew, and the music waits. Press Play when a speaker is there.",
};

export class Devices {
  /** @param {import("./live.js").Live} live @param {import("./tab_player.js").TabPlayer} [tab] may be one of them */
  constructor(live, tab) {
    this.live = live;
    this.tab = tab;
    this.devices = [];
    this.list = byId("devices");
    joinAddress(live.queue).catch(() => location.href).then((address) => this.showCommand(new URL(address).origin));
  }

  showCommand(origin) {
    const { queue } = this.live;
    const key = this.tab ? " --token KEY" : "";
    write(byId("command"), `python -m api_queue speaker --server ${origin} --queue ${queue}${key} --name "Kitchen"`);
  }

  async load() {
    try {
      ({ devices: this.devices } = await get(`/devices?queue=${this.live.queue}`));
      this.show();
    } catch { /* the next event, or the next round, will do */ }
  }

  /** One was registered, came, went, began or ceased to be the speaker, or was taken off. */
  heard(device) {
    const others = this.devices.filter((other) => other.device_id !== device.device_id);
    const place = this.devices.findIndex((other) => other.device_id === device.device_id);
    if (!device.removed) others.splice(place < 0 ? others.length : place, 0, device);
    this.devices = others;
    this.show();
  }

  /** Those that may be the speaker, in the order of taking over, and the rest behind. */
  get rows() {
    const order = this.live.state.settings.devices ?? this.devices.map((device) => device.device_id);
    const rank = ({ device_id: id, kind }) => (kind === "speaker" && order.includes(id) ? order.indexOf(id) : Infinity);
    return [...this.devices].sort((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)))
      .map((device) => ({ device, place: rank(device) }));
  }

  show() {
    if (!this.live.state) return;
    const { session } = this.live.state;
    const { rows } = this;
    const key = (row) => row.device.device_id;
    const shown = [...rows.filter((row) => row.device.connected), ...rows.filter((row) => !row.device.connected)];
    fill(this.list, shown, key, (row) => this.make(row), (node, row) => this.showRow(node, row));
    this.showWhy(session);
    byId("no-speaker").hidden = this.anySpeaker;
    const unheard = this.anySpeaker && !session.active_device_id;
    write(byId("devices-hint"), unheard ? "Tap a speaker, and the music comes out of it." : "");
  }

  /** Why nothing is heard, when nobody has pressed Pause, and what to do; a tab that was chosen says so itself. */
  showWhy({ play_state: state, paused_because: because, active_device_id: active }) {
    const gone = !this.anySpeaker && this.devices.some(({ kind }) => kind === "speaker");
    const unheard = state === "playing" && !active && gone;
    const waits = state === "paused" && (this.tab?.speaker.offered ?? null) === null;
    const why = (waits && WHY[because]) || (unheard && !this.tab && UNHEARD) || "";
    const box = byId("lost");
    box.hidden = !why;
    write(box.firstElementChild, why);
  }

  get anySpeaker() {
    return this.devices.some(({ kind, connected }) => kind === "speaker" && connected);
  }

  make({ device: { kind } }) {
    const node = el("li", { className: "device" });
    const more = () => this.openMore(node.dataset.key);
    node.append(
      el("button", { type: "button", className: "choose", onclick: () => this.choose(node.dataset.key) },
        icon(ICONS[kind]), el("span", { className: "words" },
          el("strong", { className: "cut", dir: "auto" }), el("span", { className: "cut dim" }))),
      el("button", { type: "button", className: "more", onclick: more }, icon("more")));
    return node;
  }

  showRow(node, { device, place }) {
    const [choose, more] = node.children;
    const active = this.isActive(device);
    node.classList.toggle("now", active);
    node.classList.toggle("away", !device.connected);
    choose.disabled = active || place === Infinity || !(device.connected || this.isHere(device));
    choose.setAttribute("aria-pressed", String(active));
    write(choose.querySelector("strong"), device.device_name);
    write(choose.querySelector(".dim"), this.words(device, place));
    more.ariaLabel = more.title = `More for ${device.device_name}`;
  }

  isHere({ device_id: id }) {
    return id === this.tab?.device.id;
  }

  isActive({ device_id: id }) {
    return id === this.live.state.session.active_device_id;
  }

  words(device, place) {
    const plays = device.kind === "speaker";
    const here = this.isActive(device) ? "the speaker" : plays ? "ready" : "connected";
    const may = plays && place === Infinity ? "not allowed to play" : null;
    return [device.connected ? here : this.lastSeen(device), this.kindOf(device), may].filter(Boolean).join(", ");
  }

  kindOf(device) {
    return this.isHere(device) ? "this browser" : (KINDS[device.kind] ?? device.device_platform);
  }

  lastSeen({ last_seen: at }) {
    return at ? `away since ${day(Date.parse(at), this.live.now())}` : "away";
  }

  /** One tap, and the music moves there, to the same second. */
  choose(id) {
    if (this.isHere({ device_id: id })) return this.tab.begin(() => this.tab.claim());
    return done(post(`/sessions/${this.live.queue}/speaker`, { device_id: id }));
  }

  openMore(id) {
    const { device, place } = this.rows.find((row) => row.device.device_id === id);
    const act = (text, does, className) => el("button",
      { type: "button", textContent: text, className, onclick: () => { dialog.close(); does(); } });
    const dialog = sheet("Change this device", el("h2", { dir: "auto", textContent: device.device_name }),
      el("p", { className: "hint", textContent: this.words(device, place) }),
      ...(device.kind === "speaker" ? this.orders(id, act) : []),
      act("Take it off", () => this.remove(device), "danger"), act("Close", () => {}, "quiet"));
  }

  /** The setting `devices` is the order of taking over; who is not in it does not play. */
  orders(id, act) {
    const order = this.rows.filter((row) => row.place !== Infinity).map((row) => row.device.device_id);
    const others = order.filter((other) => other !== id);
    const at = order.indexOf(id);
    const set = (text, devices) => act(text, () => done(
      put(`/queue/${this.live.queue}/settings`, { devices }), "Saved."));
    const between = (place) => [...others.slice(0, place), id, ...others.slice(place)];
    if (at < 0) return [set("Let it play here", [...others, id])];
    return [
      at > 0 && set("Take over earlier", between(at - 1)),
      at < others.length && set("Take over later", between(at + 1)),
      set("Never let it play here", others),
    ].filter(Boolean);
  }

  async remove(device) {
    await done(del(`/devices/${encodeURIComponent(device.device_id)}?queue=${this.live.queue}`), "Taken off.");
    await this.load();
  }
}
