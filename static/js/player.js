// The player's page: the queue's sound out of this tab, never beside another one.

import { PLATFORM } from "./device.js";
import { byId, memory, write } from "./dom.js";
import { entersAs, link, notHere, queueName } from "./enter.js";
import { Live } from "./live.js";
import { Now } from "./now.js";
import { invitation, statusOf, troubleOf, why } from "./player_words.js";
import { Sound } from "./sound.js";
import { title } from "./state.js";
import { TabPlayer } from "./tab_player.js";
import { Volume } from "./volume.js";

const queue = queueName();
const { summary, may: isHost } = await entersAs(["host", "admin"], queue, "player");
write(byId("title"), summary.title || queue);
byId("admin").href = `/queue/${queue}/admin`;
byId("display").href = `/queue/${queue}/display`;
byId("volume").closest("label").hidden = !isHost;
byId("name").value = memory.get("aq_player") ?? `Browser on ${PLATFORM}`;

const live = new Live(queue, { state: heard, link, gone, event: (name, payload) => player.event(name, payload) });
const now = new Now(byId("now"), live);
const volume = new Volume(byId("volume"), live);
const player = new TabPlayer(live, { name, mayControl: isHost, changed: show });
const { device, speaker } = player;
byId("start").addEventListener("click", start);
byId("standby").addEventListener("click", () => player.begin());
byId("name").addEventListener("change", rename);
speaker.ready = await Sound.allowed();
if (isHost && !device.token) player.begin(() => {}, speaker.ready);
show();

/** Takes over also when another one plays, if the button has said so. */
function start() {
  player.begin(() => (speaker.offered === null && isHost ? player.claim(!player.other) : undefined));
}

function name() {
  return byId("name").value.trim() || "Browser";
}

function rename() {
  memory.set("aq_player", byId("name").value.trim());
  if (isHost) player.rename();
}

function heard(state) {
  write(byId("title"), title(state, queue));
  volume.show();
  player.heard(state);
}

function show() {
  const session = live.state?.session;
  const { trouble, other } = player;
  const quiet = (session?.quiet_until_ms ?? 0) > live.now();
  const page = { isHost, trouble, other, session, speaker, device, quiet };
  byId("player").dataset.is = speaker.active ? "on" : trouble ? "trouble" : other ? "taken" : "idle";
  write(byId("status"), statusOf(page));
  write(byId("why"), session ? why(session) : "");
  write(byId("code"), device.code ?? "");
  const button = invitation(page);
  byId("start").hidden = !session || !button;
  write(byId("start"), button);
  byId("standby").hidden = !session || speaker.ready || !other || speaker.offered !== null || !isHost;
  byId("now").hidden = !session?.item_id;
  write(byId("trouble"), session?.item_id ? troubleOf(session) : "");
  now.show();
}

function gone() {
  player.leave();
  return notHere();
}
