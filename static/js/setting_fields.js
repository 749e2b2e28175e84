// What the settings form asks for: each key with its words, and how its field is read and written.

import { fromLocal, toLocal } from "./text.js";

const WORDS = { read: (input) => input.value.trim(), write: (value) => value ?? "" };
export const NUMBER = {
  type: "number",
  read: (input) => (input.value === "" ? null : Number(input.value)),
  write: (value) => value ?? "",
};
const WHEN = { type: "datetime-local", read: (input) => fromLocal(input.value), write: toLocal };
const TAGS = {
  read: (input) => input.value.split(",").map((tag) => tag.trim()).filter(Boolean),
  write: (value) => (value ?? []).join(", "),
};
/** An empty list would be nobody. */
const NAMES = { ...TAGS, read: (input) => (input.value.trim() ? TAGS.read(input) : null) };
const TRACK = "track:";
const FALLBACK = {
  read(input) {
    const given = TAGS.read(input);
    if (!given.length) return null;
    const tracks = given.filter((each) => each.startsWith(TRACK)).map((each) => each.slice(TRACK.length));
    const tags = given.filter((each) => !each.startsWith(TRACK));
    return { tags, tracks };
  },
  write: (value) => [...(value?.tags ?? []), ...(value?.tracks ?? []).map((id) => TRACK + id)].join(", "),
};
export const SWITCH = { type: "checkbox" };
/** @param {Record<string, string>} options value -> words */
const oneOf = (options) => ({
  tag: "select", options, read: (input) => input.value, write: (value) => value,
});

/** Shown is what the server has; a key it does not know is not asked for. */
export const GROUPS = [
  ["The party", [
    ["title", "Title", WORDS],
    ["description", "Description", { ...WORDS, tag: "textarea" }],
    ["accepting", "Guests may add", SWITCH],
    ["event_start", "Adding opens", WHEN],
    ["event_end", "The party ends", WHEN, "What would end later is refused."],
  ]],
  ["Whose turn", [
    ["order", "Order", oneOf({
      fair: "Fair: everybody gets a turn", fifo: "First come, first served", weight: "By weight, set by the host",
    })],
    ["coming_soon_count", "Next songs that never move by themselves", NUMBER, "The display promises these."],
    ["approval", "Songs wait for you to let them in", oneOf({
      off: "Never", excess: "Those that the limits would refuse", all: "All of them",
    })],
    ["performer_names", "Only these names", NAMES, "Divided by commas."],
  ]],
  ["Coming in", [
    ["join", "To add songs, guests", oneOf({ open: "Need only the address", code: "Need the join code" })],
  ]],
  ["Playing", [
    ["track_space", "Pause between tracks, seconds", NUMBER],
    ["fallback", "When nothing waits, play", FALLBACK,
      `Tags such as genre:jazz, or tracks as ${TRACK}ID; divided by commas. Empty: silence.`],
    ["preview", "Guests may listen to 30 seconds", SWITCH],
    ["lyrics_offset_ms", "Lyrics later by, milliseconds", NUMBER, "For sound that comes late; less than 0 is sooner."],
    ["guest_playback", "Guests' own players may play", SWITCH],
    ["command_semantics", "The buttons do", oneOf({ own: "What they say here", karakara: "What they do in KaraKara" }),
      "In KaraKara play begins a song again, and skip stops the music."],
    ["preview_volume", "KaraKara's player between songs: volume from 0 to 1", NUMBER],
  ]],
  ["Limits (empty: none)", [
    ["max_items", "Waiting tracks in all", NUMBER],
    ["max_per_guest", "Waiting tracks of each guest", NUMBER],
    ["max_minutes_per_guest", "Waiting minutes of each guest", NUMBER],
    ["duplicate_track_window", "Same track again after, minutes", NUMBER],
    ["duplicate_performer_window", "Same name again after, minutes", NUMBER],
  ]],
  ["Turns to add", [
    ["limit_model", "How adding is shared", oneOf({
      none: "By the limits alone", token: "Over a limit: a window to add later", points: "Each song costs points, one a minute",
    })],
    ["token_window", "Windows: minutes of each", NUMBER],
    ["token_horizon", "Windows: hours ahead at most", NUMBER],
    ["points_max", "Points: most that a guest has", NUMBER],
    ["points_per_hour", "Points: back each hour", NUMBER],
  ]],
  ["Which tracks", [
    ["filter_tags", "Only with one of these tags", TAGS, "Divided by commas, such as genre:rock, lang:ja."],
    ["forced_tags", "Only with all of these tags", TAGS],
    ["hidden_tags", "Never with these tags", TAGS],
  ]],
  ["Afterwards", [
    ["history_length", "Played tracks kept on the list", NUMBER],
    ["retention", "Hours until an unused transient queue goes", NUMBER],
  ]],
];
