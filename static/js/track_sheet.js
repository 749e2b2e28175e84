// All that the library knows of a track.

import { get } from "./api.js";
import { el, icon, sheet } from "./dom.js";
import { length } from "./text.js";
import { cover, showCover } from "./tracks.js";

export function openTrack(track) {
  const known = el("dl", { className: "known" });
  const refusal = el("p", { className: "refusal", role: "alert" });
  const close = el("button", { className: "round", ariaLabel: "Close", onclick: () => dialog.close() }, icon("close"));
  const picture = cover();
  showCover(picture, track);
  const dialog = sheet(track.title,
    el("div", { className: "row head" }, el("h2", { className: "grow", dir: "auto", textContent: track.title }), close),
    el("div", { className: "sleeve" }, picture, el("p", { dir: "auto", textContent: track.artist })), known, refusal);
  tell(track.track_id, known, refusal);
}

async function tell(trackId, known, refusal) {
  try {
    const track = await get(`/tracks/${encodeURIComponent(trackId)}`);
    for (const [term, value] of facts(track)) {
      if (value) known.append(el("dt", { textContent: term }), el("dd", { dir: "auto", textContent: value }));
    }
  } catch (error) {
    refusal.textContent = error.sentence;
  }
}

function facts(track) {
  const gain = track.replaygain?.track_gain_db;
  const number = [track.disc_number, track.track_number].filter(Boolean).join(" / ");
  return [
    ["Album", track.album], ["Number", number], ["Year", track.date], ["Length", length(track.duration_ms)],
    ["Genre", track.genres.join(", ")], ["Tags", track.tags.join(", ")],
    ["Sound", `${track.sample_rate / 1000} kHz, ${track.channels === 2 ? "stereo" : `${track.channels} channels`}`],
    ["ReplayGain", gain === null || gain === undefined ? "" : `${gain} dB`], ["Lyrics", track.lyrics ? "yes" : ""],
    ["ISRC", track.isrc], ["Id", track.track_id], ["Readable id", track.alias],
  ];
}
