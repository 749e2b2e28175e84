// The host's part about KaraKara's clients: the password of this queue as a room of theirs, and where they are.

import { get, post } from "./api.js";
import { byId, done, el } from "./dom.js";
import { copy } from "./share.js";

/** Other queues are no rooms. */
const ROOM = /^[a-z0-9]{1,16}$/;
const RENEWED = "Who was host by the old password is a guest again.";
const CLIENTS = [["browser3", "On phones"], ["player3", "On the projector"]];

/** Shown where the server has rooms, and to their host alone. */
export async function showRoom(queue) {
  if (!ROOM.test(queue)) return;
  try {
    fillIn(await get(`/queue/${queue}/room`), queue);
  } catch { /* no rooms here */ }
}

function fillIn(room, queue) {
  byId("room").replaceChildren(
    el("p", { className: "hint", textContent: "KaraKara's own phone client and player show this queue too, if this server has them. Who types its password there is host." }),
    el("div", { className: "row" },
      el("span", { className: "grow" }, "Password", el("strong", { className: "code", textContent: room.password })),
      copier("Copy the password", room.password)),
    room.warning ? el("p", { className: "refusal", role: "note", textContent: room.warning })
      : el("button", { type: "button", textContent: "New password", onclick: () => done(renew(queue), RENEWED) }),
    ...CLIENTS.map(([client, where]) => place(where, room[client])));
  byId("room-part").hidden = false;
}

/** For when it has got around. */
const renew = async (queue) => fillIn(await post(`/queue/${queue}/room/password`), queue);

const place = (where, address) => el("div", { className: "row" },
  el("span", { className: "grow" }, where, el("a", { className: "address", href: address, textContent: address })),
  copier(`Copy the address ${where.toLowerCase()}`, address));

const copier = (ariaLabel, text) =>
  el("button", { type: "button", ariaLabel, textContent: "Copy", onclick: () => copy(text) });
