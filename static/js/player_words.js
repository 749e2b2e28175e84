// What the player's page says. Pure.

import { count } from "./text.js";

const PAUSED = {
  speaker_lost: "The music is paused: the speaker was lost.",
  restart: "The music is paused: the server was started anew. Press Play on the host page.",
};

/** What the one big button offers; "" when there is nothing to tap. */
export function invitation({ isHost, speaker, device, other }) {
  if (device.code) return "";
  if (speaker.offered !== null) return "Tap to hear it";
  if (speaker.generation !== null) return "";
  if (!isHost) return device.token && speaker.ready ? "" : device.token ? "Tap to be ready" : "Ask to play here";
  return other ? "Play here instead" : "Start playing here";
}

export function statusOf({ session, speaker, device, quiet, other, trouble, isHost }) {
  if (device.code) return "The host lets this player in. It shows there by its name and this code:";
  if (speaker.offered !== null) return "This player was chosen. The browser wants one tap before it plays.";
  if (speaker.active && quiet) return "A moment: the speaker before falls silent.";
  if (speaker.active) return session?.item_id ? "Playing here." : "Ready. The next track plays here.";
  if (speaker.generation !== null && !speaker.leaseEnd) return "One moment.";
  if (speaker.generation !== null) return "Connection lost. This player comes back by itself.";
  if (trouble) return trouble;
  if (other) return `Another player (${other}) is playing.${speaker.ready ? " This one stands by." : ""}`;
  if (!isHost && !device.token) return "Only the host lets a player in.";
  return speaker.ready && device.token ? "Ready. The host can choose this player." : "No player is on yet.";
}

/** Why it is silent, when nobody has pressed Pause. */
export const why = (session) => (session.play_state === "paused" && PAUSED[session.paused_because]) || "";

/** What this player cannot do for the item, or does to it. */
export function troubleOf({ key_shift: shift = 0, tempo = 1 }) {
  const by = `${count(Math.abs(shift), "semitone")} ${shift > 0 ? "higher" : "lower"}`;
  const key = shift && `${by} is asked for; a browser cannot change the key, the speaker program can.`;
  const speed = tempo !== 1 && `${tempo.toLocaleString()} times as fast.`;
  return [key, speed].filter(Boolean).join(" ");
}
