// Which recording of the library a list is of.

import { el, icon } from "../dom.js";
import { openSearch } from "../search_sheet.js";
import { length } from "../text.js";
import { cover, showCover } from "../tracks.js";

/** @param {(track: any) => void} choose */
export function chooseRecording(choose) {
  const dialog = openSearch(null, (track) => {
    dialog.close();
    choose(track);
  }, {}, "Choose the recording");
}

/** @param {HTMLButtonElement} button @param {any} track null: none yet @param {boolean} mayChoose */
export function showRecording(button, track, mayChoose = true) {
  button.hidden = !track && !mayChoose;
  button.disabled = !mayChoose;
  const picture = track ? cover() : icon("plus");
  if (track) showCover(picture, track);
  const name = track ? track.title : "Choose the recording";
  const about = track ? [track.artist, track.duration_ms && length(track.duration_ms)].filter(Boolean).join(" · ")
    : "Then rows can be heard, and cut from it.";
  button.ariaLabel = track ? `Recording: ${name}.${mayChoose ? " Choose another one" : ""}` : name;
  button.replaceChildren(picture, el("span", { className: "grow" },
    el("strong", { className: "cut", dir: "auto" }, name), el("span", { className: "dim", dir: "auto" }, about)));
}
