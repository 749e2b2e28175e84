// The waiting items with their places and times, as guests see them.

import { del } from "./api.js";
import { done, el, fill, icon, write } from "./dom.js";
import { heart, showHeart } from "./heart.js";
import { asking, current, waiting } from "./state.js";
import { clock, until } from "./text.js";
import { expectedStarts, isPaused } from "./times.js";
import { lookUp } from "./tracks.js";
import { openWhy } from "./why.js";

/** Less than this is not worth a number. */
const SOON_MS = 45_000;

/** The current item (place 0) and the waiting ones, each with its place, its expected start, and whether it is mine. */
export function places(live, me = null) {
  const { state } = live;
  const line = waiting(state);
  const starts = expectedStarts(line, state.session, state.settings, live.now(), state.paused);
  const playing = current(state);
  const own = (item) => me !== null && item.session_owner === me;
  const rows = line.map((item, place) => ({ item, place: place + 1, at: starts[place], own: own(item) }));
  return playing ? [{ item: playing, place: 0, at: null, own: own(playing) }, ...rows] : rows;
}

/** A guest's own items that a host has to let in; they have no place yet. */
export const asked = (live, me) =>
  asking(live.state).filter((item) => item.session_owner === me).map((item) => ({ item, place: null, at: null, own: true }));

/** What is to be known of a waiting item at a glance: in words, most important first. */
export function marks({ item, place }, { paused = [], ready = [], moved = [] }) {
  if (!place) return [];
  return [
    isPaused(item.performer_name, paused) && "paused", ready.includes(item.id) && "ready", moved.includes(item.id) && "moved",
  ].filter(Boolean);
}

/** One ticket; `mine` brings the way to take it back, others' a heart. */
export function makeTicket(queue, mine) {
  const face = el("button", { type: "button", className: "face", title: "Why here?" },
    el("strong", { className: "cut title", dir: "auto" }),
    el("span", { className: "cut dim by", dir: "auto" }),
    el("span", { className: "when digits" }), el("span", { className: "marks dim" }));
  const node = el("li", { className: "ticket" }, el("div", { className: "stub digits" }), face);
  node.append(mine ? takeBack(node, queue) : heart());
  return node;
}

export function showTicket(node, row, live, again) {
  const { item, place, at, own } = row;
  const [stub, face, actions] = node.children;
  const track = lookUp(item.track_id, again);
  node.classList.toggle("now", place === 0);
  node.classList.toggle("others", !own);
  write(stub, place ? String(place) : place === 0 ? "♪" : "…");
  stub.setAttribute("aria-label", place ? `Place ${place}` : place === 0 ? "Playing now" : "No place yet");
  write(face.querySelector(".title"), track?.title ?? "…");
  write(face.querySelector(".by"), item.performer_name);
  write(face.querySelector(".when"), whenText(place, at, live));
  write(face.querySelector(".marks"), marks(row, live.state).join(", "));
  face.disabled = place === null;
  face.onclick = () => openWhy(live.queue, item);
  if (actions.className === "heart") showHeart(actions, item.track_id);
  else actions.hidden = place === 0;
}

function whenText(place, at, live) {
  if (place === null) return "Waits for the host";
  if (place === 0) return live.state.session.play_state === "paused" ? "Paused" : "Playing now";
  const next = place === 1 ? "Next – " : "";
  if (at === null) return `${next}when the music starts`;
  const left = at - live.now();
  return left < SOON_MS ? `${next}any moment` : `${next}${clock(at)}, ${until(left)}`;
}

/** Removing asks once more, in place; the question goes away by itself. */
function takeBack(node, queue) {
  const box = el("div", { className: "takeback" });
  const text = "Take it back";
  const ask = el("button", { type: "button", className: "round", title: text, ariaLabel: text }, icon("close"));
  const sure = el("button", { type: "button", className: "flame", textContent: "Remove" });
  const keep = el("button", { type: "button", textContent: "Keep" });
  const reset = (focus) => {
    clearTimeout(box.timer);
    node.classList.remove("asks");
    box.replaceChildren(ask);
    if (focus) ask.focus();
  };
  ask.onclick = () => {
    node.classList.add("asks");
    box.replaceChildren(sure, keep);
    keep.focus();
    box.timer = setTimeout(() => reset(box.contains(document.activeElement)), 8000);
  };
  keep.onclick = () => reset(true);
  sure.onclick = async () => {
    reset(false);
    await done(del(`/queue/${queue}/items/${node.dataset.key}`), "Taken off the queue.");
  };
  reset(false);
  return box;
}

export function fillTickets(list, rows, live, mine, again) {
  const make = () => makeTicket(live.queue, mine);
  fill(list, rows, (row) => row.item.id, make, (node, row) => showTicket(node, row, live, again));
}
