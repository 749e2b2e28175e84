// The player's page: the queue's sound out of this tab, in time with the session, never beside another one.

import { byId, memory, write } from "./dom.js";
import { enterAs, link, notHere, queueName } from "./enter.js";
import { Live } from "./live.js";
import { Now } from "./now.js";
import { Sound } from "./sound.js";
import { Speaker } from "./speaker.js";
import { title } from "./state.js";

const queue = queueName();
const summary = await enterAs(["host", "admin"], queue, "player");
write(byId("title"), summary.title || queue);
byId("admin").href = `/queue/${queue}/admin`;
byId("display").href = `/queue/${queue}/display`;
byId("name").value = memory.get("aq_player") ?? `Browser on ${device()}`;
byId("volume").value = memory.get("aq_volume") ?? "100";

let trouble = "";
let blocked = false;
/** The name of another player that holds the queue, as far as we know. */
let other = "";
const live = new Live(queue, { state: heard, link, gone, event });
const now = new Now(byId("now"), live);
const speaker = new Speaker(queue, { changed, beat, taken: (name) => { other = name; } });
const sound = new Sound(byId("audio"), {
  source: speaker.source,
  ended: (itemId) => speaker.report("ended", itemId),
  failed: (itemId, reason) => speaker.report("failed", itemId, reason),
  blocked: () => { blocked = true; show(); },
  now: () => live.now(),
});
byId("start").addEventListener("click", start);
byId("volume").addEventListener("input", turn);
byId("name").addEventListener("change", () => memory.set("aq_player", byId("name").value.trim()));
document.addEventListener("visibilitychange", keepAwake);
turn();

/** A tap is what browsers ask for before they let a page sound. */
async function start() {
  trouble = "";
  if (blocked) {
    blocked = false;
    return sound.follow(live.state.session), show();
  }
  try {
    await speaker.claim(byId("name").value.trim() || "Browser", other !== "");
    other = "";
    keepAwake();
  } catch (error) {
    if (error.code === "speaker_taken") other = error.facts.speaker ?? "without a name";
    else trouble = error.sentence;
  }
  return show();
}

/** Heartbeats make no events: only a snapshot and a change of speaker tell who is on. */
function event(name, payload) {
  if (name !== "snapshot" && name !== "speaker_change") return;
  const { active_device_id: id, lease_until_ms: lease, speaker_name: speaks } = payload.session;
  const here = id && id !== speaker.deviceId && (lease === undefined || lease > payload.ts);
  other = here ? speaks || "without a name" : "";
}

function heard(state) {
  speaker.heard(state.session);
  turn();
  write(byId("title"), title(state, queue));
  changed();
}

function changed(session = live.state?.session) {
  if (speaker.active && session) sound.follow(session);
  else sound.release();
  show();
}

function show() {
  byId("player").dataset.is = speaker.active ? "on" : other ? "taken" : trouble ? "trouble" : "idle";
  write(byId("status"), status());
  const button = byId("start");
  button.hidden = !live.state || (speaker.active && !blocked);
  write(button, blocked ? "Tap to hear it" : other ? "Play here instead" : "Start playing here");
  byId("now").hidden = !live.state?.session.item_id;
  now.show();
}

function status() {
  if (blocked) return "The browser wants one tap before it plays.";
  if (speaker.active) return live.state?.session.item_id ? "Playing here." : "Ready. The next track plays here.";
  if (other) return `Another player (${other}) is playing.`;
  return trouble || (speaker.wanted ? "Connection lost. This player comes back by itself." : "No player is on yet.");
}

function beat() {
  const audio = byId("audio");
  return sound.itemId && audio.readyState ? { item_id: sound.itemId, position_ms: Math.round(audio.currentTime * 1000) } : {};
}

function turn() {
  sound.setVolume(Number(byId("volume").value) * (live.state?.session.volume ?? 100) / 100);
  memory.set("aq_volume", byId("volume").value);
}

function gone() {
  sound.release();
  return notHere();
}

/** Keeps a phone's screen on, where the browser offers it (only over HTTPS or on the machine itself). */
function keepAwake() {
  if (!document.hidden && speaker.active) navigator.wakeLock?.request("screen").catch(() => {});
}

function device() {
  const known = ["Android", "iPhone", "iPad", "Windows", "Mac", "Linux"];
  return known.find((name) => navigator.userAgent.includes(name)) ?? "something";
}
