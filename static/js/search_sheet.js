// The search for a track as a sheet over the page.

import { el, icon, sheet } from "./dom.js";
import { Search } from "./search.js";

/**
 * @param {string|null} queue whose offer is searched; null: all that there is
 * @param {(track: any) => void} choose
 * @param {{hearts?: boolean, chooseAlbum?: (album: string) => void}} [how]
 * @param {string} [what] stands above it
 * @returns {HTMLDialogElement}
 */
export function openSearch(queue, choose, how = {}, what = "Add a track") {
  const input = el("input", { id: "q", type: "search", placeholder: "Song or artist", autocomplete: "off", dir: "auto" });
  const part = el("section", { className: "find" },
    el("form", { role: "search" }, el("label", { className: "unseen", htmlFor: "q", textContent: "Song or artist" }), input),
    el("ul", { className: "albums", "aria-label": "Whole albums", "data-albums": true, hidden: true }),
    el("p", { className: "hint", "data-found": true, role: "status" }), el("ul", { "data-tracks": true }),
    el("button", { type: "button", "data-more": true, hidden: true, textContent: "Show more" }));
  const close = el("button", { className: "round", ariaLabel: "Close", onclick: () => dialog.close() }, icon("close"));
  const heading = el("h2", { className: "grow", textContent: what });
  const dialog = sheet(what, el("div", { className: "row head" }, heading, close), part);
  new Search(part, queue, choose, how);
  input.focus();
  return dialog;
}
