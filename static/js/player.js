// The player's page: the queue's sound out of this tab, in time with the session, never beside another one.

import { following, knowsNothingNew, sessionAfter } from "./ahead.js";
import { post } from "./api.js";
import { Device, PLATFORM } from "./device.js";
import { byId, memory, toast, write } from "./dom.js";
import { entersAs, link, notHere, queueName } from "./enter.js";
import { Live } from "./live.js";
import { MediaKeys } from "./media_keys.js";
import { Now } from "./now.js";
import { invitation, statusOf, troubleOf, why } from "./player_words.js";
import { Sound } from "./sound.js";
import { Speaker } from "./speaker.js";
import { title } from "./state.js";
import { Volume } from "./volume.js";

const queue = queueName();
const { summary, may: isHost } = await entersAs(["host", "admin"], queue, "player");
write(byId("title"), summary.title || queue);
byId("admin").href = `/queue/${queue}/admin`;
byId("display").href = `/queue/${queue}/display`;
byId("volume").closest("label").hidden = !isHost;
byId("name").value = memory.get("aq_player") ?? `Browser on ${PLATFORM}`;

/** What the page's words are about, besides the session. */
const is = { isHost, trouble: "", other: "" };
/** The session as this page goes on with it while the server is away, and the one that the server knows. */
let ahead = null;
const device = new Device(queue, show);
const live = new Live(queue, { state: heard, link, gone, event });
const now = new Now(byId("now"), live);
const volume = new Volume(byId("volume"), live);
const keys = new MediaKeys(live, isHost);
const speaker = new Speaker(device, { changed, beat, removed });
const sound = new Sound([...document.querySelectorAll("audio")], {
  source: speaker.source,
  ended,
  failed: (itemId, reason) => speaker.report("failed", { item_id: itemId, reason }),
  blocked: () => speaker.blocked(),
  now: () => live.now(),
});
byId("start").addEventListener("click", () => begin(() => (speaker.offered === null && isHost ? claim() : undefined)));
byId("standby").addEventListener("click", () => begin(() => {}));
byId("name").addEventListener("change", rename);
document.addEventListener("visibilitychange", keepAwake);
new Worker("/static/js/tick_worker.js").onmessage = tick;
speaker.ready = await Sound.allowed();
if (isHost && !device.token) begin(() => {}, speaker.ready);
show();

/** A tap is what browsers ask for before they let a page sound. */
async function begin(then, tapped = true) {
  is.trouble = "";
  if (tapped) sound.unlock();
  try {
    await device.registering;
    if (!device.token) await device.register(name());
    speaker.ready ||= tapped;
    await then();
    if (live.state) speaker.heard(live.state.session);
    speaker.beat();
  } catch (error) {
    if (error.code === "speaker_taken") is.other = error.facts.speaker || "without a name";
    else is.trouble = error.sentence ?? String(error);
  }
  keepAwake();
  show();
}

/** Takes over also when another one plays, if the button has said so. */
async function claim() {
  const wish = { device_id: device.id, ...(is.other ? {} : { if_free: true }) };
  speaker.sit((await post(`/sessions/${queue}/speaker`, wish)).generation);
}

function name() {
  return byId("name").value.trim() || "Browser";
}

function rename() {
  memory.set("aq_player", byId("name").value.trim());
  if (isHost && device.token) device.register(name()).catch((error) => toast(error.sentence));
}

/** Heartbeats make no events: only a snapshot and a change of speaker tell who is on. */
function event(name, { session, ts }) {
  if (name !== "snapshot" && name !== "speaker_change") return;
  const { active_device_id: id, lease_until_ms: lease, speaker_name: speaks } = session;
  const here = id && id !== device.id && (!lease || lease > ts);
  is.other = here ? speaks || "without a name" : "";
}

function heard(state) {
  if (!state.session.active_device_id) is.other = "";
  if (ahead && !knowsNothingNew(ahead.before, state.session)) ahead = null;
  speaker.heard(state.session);
  write(byId("title"), title(state, queue));
  volume.show();
  changed();
}

function ended(itemId) {
  const endedAtMs = Math.round(live.now());
  speaker.report("ended", { item_id: itemId, ended_at_ms: endedAtMs });
  const session = !live.online && speaker.sole ? sessionAfter(live.state, itemId, endedAtMs) : undefined;
  if (session) ahead = { before: live.state.session, session };
}

function tick() {
  speaker.tick();
  if (speaker.active) follow();
}

/** Only what was heard of this very seat counts: an event of before may come late. */
function follow() {
  const session = ahead?.session ?? live.state?.session;
  if (session?.generation !== speaker.generation) return sound.release();
  sound.follow(session, following(live.state, session.item_id));
  return sound.fade(speaker.ending ? 0 : 1);
}

function changed() {
  if (speaker.active) follow();
  else sound.release();
  keys.show(speaker.active);
  show();
}

function show() {
  const session = live.state?.session;
  const page = { ...is, session, speaker, device, quiet: (session?.quiet_until_ms ?? 0) > live.now() };
  byId("player").dataset.is = speaker.active ? "on" : is.trouble ? "trouble" : is.other ? "taken" : "idle";
  write(byId("status"), statusOf(page));
  write(byId("why"), session ? why(session) : "");
  write(byId("code"), device.code ?? "");
  const button = invitation(page);
  byId("start").hidden = !session || !button;
  write(byId("start"), button);
  byId("standby").hidden = !session || speaker.ready || !is.other || speaker.offered !== null || !isHost;
  byId("now").hidden = !session?.item_id;
  write(byId("trouble"), session?.item_id ? troubleOf(session) : "");
  now.show();
}

function beat() {
  const { volume } = live.state?.session ?? {};
  return { volume, ...(sound.place ?? {}) };
}

function removed() {
  is.trouble = "The host has taken this player off.";
}

function gone() {
  speaker.leave();
  sound.release();
  return notHere();
}

/** Keeps a phone's screen on, where the browser offers it (only over HTTPS or on the machine itself). */
function keepAwake() {
  if (!document.hidden && speaker.ready) navigator.wakeLock?.request("screen").catch(() => {});
}
