// The ticket that an add is answered with, in place of the sheet.

import { el } from "./dom.js";
import { promise } from "./text.js";

/** @param {HTMLDialogElement} dialog @param {any} track @param {any} item as the add answered */
export function showTicket(dialog, track, item) {
  const done = el("button", { className: "flame", textContent: "Done", onclick: () => dialog.close() });
  const sentence = told(item);
  dialog.setAttribute("aria-label", sentence);
  dialog.replaceChildren(
    el("h2", { role: "status", textContent: sentence }),
    el("div", { className: "ticket big" },
      el("div", { className: "stub" }, String(item.position ?? "♪")),
      el("div", { className: "face" },
        el("strong", { dir: "auto", textContent: item.performer_name }),
        el("span", { className: "dim", dir: "auto", textContent: `${track.title} · ${track.artist}` }))),
    done);
  done.focus();
}

function told(item) {
  if (item.status === "lobby") return "The host looks at it first.";
  if (!item.position) return "It is on the queue.";
  return promise(item.position, item.timestamp_expected, item.uncertainty_ms);
}
