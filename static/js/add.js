// The sheet that puts a track on the queue, and the ticket it answers with.

import { post, randomKey } from "./api.js";
import { el, memory, sheet } from "./dom.js";
import { waiting } from "./state.js";
import { clock, length, ordinal, promise } from "./text.js";
import { expectedAfter } from "./times.js";
import { cover, showCover } from "./tracks.js";

const NAME = "aq_name";

/**
 * @param {import("./live.js").Live} live
 * @param {any} track
 * @param {{forOthers?: boolean, added?: (item: any) => void}} [how] forOthers: a host adds for somebody else
 */
export function openAdd(live, track, { forOthers = false, added } = {}) {
  const name = el("input", {
    id: "performer", dir: "auto", required: true, maxLength: 64, autocomplete: forOthers ? "off" : "nickname",
    enterKeyHint: "send", value: forOthers ? "" : (memory.get(NAME) ?? ""),
  });
  const refusal = el("p", { className: "refusal", role: "alert", id: "add-refusal" });
  name.setAttribute("aria-describedby", "add-refusal");
  const send = el("button", { className: "flame", textContent: "Put it on" });
  const form = el("form", { className: "stack" },
    el("label", { htmlFor: "performer", textContent: forOthers ? "For whom?" : "Your name" }), name,
    el("p", { className: "hint", textContent: forecast(live, forOthers) }), refusal,
    el("div", { className: "actions" }, el("button", { type: "button", textContent: "Cancel", onclick: () => dialog.close() }), send));
  const listen = live.state?.settings.preview
    ? el("audio", { controls: true, preload: "none", src: `/media/preview/${encodeURIComponent(track.track_id)}?queue=${live.queue}` })
    : null;
  const dialog = sheet(`Add ${track.title}`, ...[head(track), listen, form].filter(Boolean));
  if (!name.value) name.focus();
  else send.focus();
  // A second tap after a lost answer is the same wish; after an answer, or with another name, it is a new one.
  let key = randomKey();
  name.addEventListener("input", () => { key = randomKey(); });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    refusal.textContent = "";
    const wish = { track_id: track.track_id, performer_name: name.value.trim() };
    try {
      const item = await post(`/queue/${live.queue}/items`, wish, { key });
      if (!forOthers) memory.set(NAME, name.value.trim());
      added?.(item);
      showTicket(dialog, track, item);
    } catch (error) {
      if (error.status) key = randomKey();
      refusal.textContent = error.sentence;
      name.setAttribute("aria-invalid", String(error.code === "bad_performer_name"));
    } finally {
      send.disabled = false;
    }
  });
}

function head(track) {
  const picture = cover();
  showCover(picture, track);
  return el("div", { className: "row" }, picture,
    el("div", { className: "grow" },
      el("h2", { dir: "auto", textContent: track.title }),
      el("p", { className: "dim", dir: "auto", textContent: track.artist })),
    el("span", { className: "dim digits", textContent: length(track.duration_ms) }));
}

/** Said before the tap; the server's answer is what counts. */
function forecast(live, forOthers) {
  const { state } = live;
  if (!state) return "";
  const line = waiting(state);
  const at = expectedAfter(line, state.session, state.settings, live.now());
  const place = `${forOthers ? "Would be" : "You would be"} ${line.length ? ordinal(line.length + 1) : "next"}`;
  return at === null ? `${place}.` : `${place}, about ${clock(at)}.`;
}

function showTicket(dialog, track, item) {
  const done = el("button", { className: "flame", textContent: "Done", onclick: () => dialog.close() });
  const sentence = item.position ? promise(item.position, item.timestamp_expected) : "It is on the queue.";
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
