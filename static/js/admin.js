// The host's page: transport, list, speakers, settings, guests, keys, end of the party.

import { openAdd } from "./add.js";
import { post } from "./api.js";
import { Devices } from "./devices.js";
import { byId, el, fill, sheet, toast, write } from "./dom.js";
import { enterAs, link, notHere, queueName } from "./enter.js";
import { showGuests } from "./guests.js";
import { Invite } from "./invite.js";
import { List } from "./list.js";
import { Live } from "./live.js";
import { Lobby } from "./lobby.js";
import { Now } from "./now.js";
import { Options } from "./options.js";
import { Requests } from "./requests.js";
import { showRoom } from "./room.js";
import { openSearch } from "./search_sheet.js";
import { Settings } from "./settings.js";
import { copy, Keys } from "./share.js";
import { title, waiting } from "./state.js";
import { clock, count } from "./text.js";
import { lookUp } from "./tracks.js";
import { Transport } from "./transport.js";
import { Undo } from "./undo.js";

const OVER = { played: "played", skipped: "skipped", failed: "did not play" };
const CLEAR = {
  question: "Clear the queue?", explanation: "All waiting tracks go. What plays now plays on.",
  yes: "Clear it", path: "command/clear", done: "The queue is empty.",
};
const END = {
  question: "End the party?", explanation: "Adding closes, and every guest's session ends. The music plays on.",
  yes: "End it", path: "end", done: "The party has ended.",
};
const queue = queueName();
const summary = await enterAs(["helper", "host", "admin"], queue, "host");
write(byId("title"), summary.title || queue);
byId("to-player").href = byId("open-player").href = `/queue/${queue}/player`;
byId("to-display").href = `/queue/${queue}/display`;
byId("to-guest").href = `/queue/${queue}/`;

const live = new Live(queue, { state: show, link, gone: () => notHere(), event: heard });
const now = new Now(byId("transport"), live);
const transport = new Transport(live);
const list = new List(byId("items"), live);
const options = new Options(live);
const settings = new Settings(byId("settings"), queue);
const keys = new Keys(byId("keys"), queue);
const devices = summary.role === "helper" ? null : new Devices(live);
const requests = devices && new Requests(byId("requests"), queue, () => devices.load());
const invite = new Invite(queue);
const lobby = new Lobby(live);
const undo = new Undo(byId("undo"), live);
if (summary.role !== "helper") showRoom(queue);
setInterval(() => list.show(), 10_000);
byId("keys-part").addEventListener("toggle", () => byId("keys-part").open && keys.load());
const BUTTONS = {
  "add": openFind, "copy-command": () => copy(byId("command").textContent),
  "clear": () => confirm(CLEAR), "end": () => confirm(END),
};
for (const [id, does] of Object.entries(BUTTONS)) Object.assign(byId(id), { onclick: does, disabled: false });

function heard(name, payload) {
  undo.hear(name, payload);
  if (name === "settings_change") invite.load();
  if (name === "snapshot") devices?.load();
  if (name !== "device_change") return;
  devices?.heard(payload.device);
  requests?.load();
}

function show() {
  const { state } = live;
  if (!state) return;
  const line = waiting(state);
  write(byId("title"), title(state, queue));
  write(byId("queue-title"), line.length ? `${count(line.length, "track")} waiting` : "The queue is empty");
  write(byId("queue-hint"), line.length ? "" : "Show the code to your guests, or add the first track yourself.");
  now.show();
  transport.show();
  list.show();
  lobby.show();
  options.show();
  devices?.show();
  settings.show(state.settings);
  showGuests(byId("guests"), byId("guests-hint"), queue, state.items);
  showOver(state.items.filter((item) => item.status in OVER).reverse());
}

function showOver(items) {
  byId("over").hidden = items.length === 0;
  fill(byId("played"), items.slice(0, 50), (item) => item.id, makeOver, (node, item) => {
    write(node.children[0], item.timestamp_play ? clock(item.timestamp_play) : "");
    write(node.children[1].firstChild, lookUp(item.track_id, show)?.title ?? "…");
    write(node.children[1].lastChild, item.performer_name);
    write(node.children[2], OVER[item.status]);
  });
}

const makeOver = () => el("li", { className: "item" }, el("span", { className: "place digits" }),
  el("span", { className: "words" },
    el("span", { className: "cut", dir: "auto" }), el("span", { className: "cut dim", dir: "auto" })),
  el("span", { className: "dim" }));

function openFind() {
  openSearch(queue, (track) => openAdd(live, track));
}

function confirm({ question, explanation, yes, path, done }) {
  const refusal = el("p", { className: "refusal", role: "alert" });
  const dialog = sheet(question, el("h2", { textContent: question }), el("p", { textContent: explanation }), refusal,
    el("div", { className: "actions" },
      el("button", { textContent: "Keep it as it is", onclick: () => dialog.close() }),
      el("button", { className: "danger", textContent: yes, onclick: act })));
  async function act() {
    try {
      await post(`/queue/${queue}/${path}`);
      dialog.close();
      toast(done);
    } catch (error) {
      refusal.textContent = error.sentence;
    }
  }
}
