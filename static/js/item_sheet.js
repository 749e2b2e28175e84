// What a host does about one item of the list: place it, take it off, rename it, weigh it, pause or mute who sings.

import { del, post, put } from "./api.js";
import { el, sheet } from "./dom.js";
import { openMute } from "./guests.js";
import { performerPath } from "./lobby.js";
import { isPaused } from "./times.js";
import { lookUp } from "./tracks.js";

/** @param {import("./list.js").List} list @param {any} row of it */
export function openItem(list, row) {
  const title = lookUp(row.item.track_id, () => {})?.title ?? "";
  const dialog = sheet("Change this item", el("h2", { dir: "auto", textContent: title }),
    ...waiting(list, row, () => dialog.close()), ...performing(list, row, () => dialog.close()),
    el("button", { type: "button", className: "quiet", textContent: "Close", onclick: () => dialog.close() }));
}

const pathOf = (list, { item }) => `/queue/${list.live.queue}/items/${item.id}`;
const act = (text, close, does, className) =>
  el("button", { type: "button", textContent: text, className, onclick: () => { close(); does(); } });

function waiting(list, row, close) {
  const { item, place } = row;
  if (place === 0) return [];
  const moves = [
    ["Play next", 1], ["One up", place - 1], ["One down", place + 1], ["To the end", list.rows.at(-1).place],
  ];
  return [
    ...moves.map(([text, wanted]) => act(text, close, () => list.place(item.id, wanted))),
    act("Remove it", close, () => list.change(del(pathOf(list, row)), "Removed."), "danger"),
    ...(list.live.state.settings.order === "weight" ? [weighing(list, row, close)] : []),
  ];
}

/** On a member's own queue nobody else performs. */
function performing(list, row, close) {
  if (list.own) return [];
  const { performer_name: name, session_owner: owner } = row.item;
  const mute = () => openMute(list.live.queue, owner, name);
  return [pausing(list, row, close), renaming(list, row, close), act("Mute this guest…", close, mute, "quiet host-only")];
}

/** They keep their place, and others go first until they are back. */
function pausing(list, { item }, close) {
  const { queue, state } = list.live;
  const name = item.performer_name;
  const paused = isPaused(name, state.paused);
  const does = () => list.change(post(performerPath(queue, name, paused ? "resume" : "pause")));
  return act(paused ? `${name} is back` : `Pause ${name}`, close, does);
}

function renaming(list, row, close) {
  const name = el("input", { value: row.item.performer_name, maxLength: 64, dir: "auto", id: "rename", required: true });
  const save = () => list.change(put(pathOf(list, row), { performer_name: name.value.trim() }), "Renamed.");
  return field("Performer", name, "Save the name", close, save);
}

function weighing(list, row, close) {
  const weight = el("input", { value: row.item.weight, type: "number", step: "any", id: "weight", required: true });
  const save = () => list.change(put(pathOf(list, row), { weight: Number(weight.value) }));
  return field("Weight: the lighter plays first", weight, "Save the weight", close, save);
}

function field(label, input, text, close, save) {
  const form = el("form", { className: "stack" },
    el("label", { htmlFor: input.id, textContent: label }), input, el("button", { textContent: text }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    close();
    save();
  });
  return form;
}
