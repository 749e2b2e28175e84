// The sheet with the words for whoever sings next: in time with the music where the file knows the times.

import { el, icon, sheet, write } from "./dom.js";
import { Lyrics } from "./lyrics.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {import("./live.js").Live} live @param {import("./state.js").Item} item @param {any} track */
export function openLyrics(live, item, track) {
  const list = el("ol", { className: "lyrics" });
  const plain = el("p", { className: "plain", dir: "auto" });
  const lyrics = new Lyrics(list, live, {
    loaded: (text) => write(plain, text),
    sung: (line) => line.scrollIntoView({ block: "center", behavior: calm.matches ? "auto" : "smooth" }),
  });
  const close = el("button", { className: "round", ariaLabel: "Close", onclick: () => dialog.close() }, icon("close"));
  const heading = el("h2", { className: "grow", dir: "auto", textContent: track.title });
  const words = el("div", { "aria-live": "off" }, list, plain);
  const dialog = sheet(`Lyrics of ${track.title}`, el("div", { className: "row head" }, heading, close), words);
  dialog.classList.add("sings");
  // The phone stays on, where the browser offers it (only over HTTPS).
  const awake = navigator.wakeLock?.request("screen").catch(() => null);
  dialog.addEventListener("close", () => {
    lyrics.stop();
    awake?.then((lock) => lock?.release());
  });
  lyrics.show(item);
  return dialog;
}
