// The guests of a queue, as far as they have added something, and muting one.

import { del, post } from "./api.js";
import { el, fill, sheet, toast, write } from "./dom.js";

const FOR_HOURS = [["1", "For an hour"], ["12", "For tonight"], ["", "For good"]];
const muted = new Set();

/** Each guest once, with the names they used, most recent first. */
export function guestsOf(items) {
  const guests = new Map();
  for (const { session_owner: id, performer_name: name, added_by: role } of items) {
    if (!id || (role !== "guest" && role !== "member")) continue;
    const names = guests.get(id) ?? new Set();
    guests.set(id, names.add(name));
  }
  return [...guests].map(([id, names]) => ({ id, names: [...names].join(", ") }));
}

export function showGuests(list, hint, queue, items) {
  const guests = guestsOf(items);
  hint.hidden = guests.length > 0;
  fill(list, guests, (guest) => guest.id, makeGuest, (node, guest) => {
    const button = node.querySelector("button");
    write(node.firstChild, guest.names);
    write(button, muted.has(guest.id) ? "Unmute" : "Mute");
    button.ariaLabel = `${button.textContent} ${guest.names}`;
    const again = () => showGuests(list, hint, queue, items);
    button.onclick = () => (muted.has(guest.id) ? unmute(queue, guest.id, again) : openMute(queue, guest.id, guest.names, again));
  });
}

const makeGuest = () =>
  el("li", { className: "row" }, el("span", { className: "grow cut", dir: "auto" }), el("button", { type: "button" }));

export function openMute(queue, guestId, names, done = () => {}) {
  const reason = el("input", { id: "reason", maxLength: 200, required: true, dir: "auto", placeholder: "Too many polkas" });
  const hours = el("select", { id: "hours" }, ...FOR_HOURS.map(([value, text]) => el("option", { value, textContent: text })));
  const refusal = el("p", { className: "refusal", role: "alert" });
  const form = el("form", { className: "stack" },
    el("label", { htmlFor: "reason", textContent: "Why? They will read it." }), reason,
    el("label", { htmlFor: "hours", textContent: "How long" }), hours, refusal,
    el("div", { className: "actions" },
      el("button", { type: "button", textContent: "Cancel", onclick: () => dialog.close() }),
      el("button", { className: "danger", textContent: "Mute" })));
  const dialog = sheet("Mute a guest", el("h2", { dir: "auto", textContent: `Mute ${names}` }), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const until = hours.value ? { until: new Date(Date.now() + hours.value * 3_600_000).toISOString() } : {};
    try {
      await post(`/queue/${queue}/guests/${encodeURIComponent(guestId)}/mute`, { reason: reason.value.trim(), ...until });
      muted.add(guestId);
      dialog.close();
      done();
      toast("Muted.");
    } catch (error) {
      refusal.textContent = error.sentence;
    }
  });
}

async function unmute(queue, guestId, done) {
  try {
    await del(`/queue/${queue}/guests/${encodeURIComponent(guestId)}/mute`);
    toast("May add again.");
  } catch (error) {
    if (error.status !== 404) return toast(error.sentence);
  }
  muted.delete(guestId);
  return done();
}
