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
export function openAdd(live, track, how = {}) {
  return new AddSheet(live, track, how);
}

class AddSheet {
  constructor(live, track, { forOthers = false, added = () => {} }) {
    Object.assign(this, { live, track, forOthers, added, key: randomKey() });
    this.name = nameField(forOthers);
    this.refusal = el("p", { className: "refusal", role: "alert", id: "add-refusal" });
    this.send = el("button", { className: "flame", textContent: "Put it on" });
    this.dialog = sheet(`Add ${track.title}`, head(track), ...preview(live, track), this.form());
    // A second tap after a lost answer is the same wish; after an answer, or with another name, it is a new one.
    this.name.addEventListener("input", () => { this.key = randomKey(); });
    (this.name.value ? this.send : this.name).focus();
  }

  form() {
    const cancel = el("button", { type: "button", textContent: "Cancel", onclick: () => this.dialog.close() });
    const form = el("form", { className: "stack" },
      el("label", { htmlFor: "performer", textContent: this.forOthers ? "For whom?" : "Your name" }), this.name,
      el("p", { className: "hint", textContent: forecast(this.live, this.forOthers) }), this.refusal,
      el("div", { className: "actions" }, cancel, this.send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add(this.name.value.trim());
    });
    return form;
  }

  async add(name) {
    this.send.disabled = true;
    this.refusal.textContent = "";
    const wish = { track_id: this.track.track_id, performer_name: name };
    try {
      const item = await post(`/queue/${this.live.queue}/items`, wish, { key: this.key });
      if (!this.forOthers) memory.set(NAME, name);
      this.added(item);
      showTicket(this.dialog, this.track, item);
    } catch (error) {
      this.refuse(error);
    } finally {
      this.send.disabled = false;
    }
  }

  refuse(error) {
    if (error.status) this.key = randomKey();
    this.refusal.textContent = error.sentence;
    this.name.setAttribute("aria-invalid", String(error.code === "bad_performer_name"));
  }
}

function nameField(forOthers) {
  return el("input", {
    id: "performer", dir: "auto", required: true, maxLength: 64, enterKeyHint: "send",
    autocomplete: forOthers ? "off" : "nickname", "aria-describedby": "add-refusal",
    value: forOthers ? "" : (memory.get(NAME) ?? ""),
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

/** Half a minute to listen to, where the host allows it. */
function preview(live, track) {
  if (!live.state?.settings.preview) return [];
  const src = `/media/preview/${encodeURIComponent(track.track_id)}?queue=${live.queue}`;
  return [el("audio", { controls: true, preload: "none", src, ariaLabel: "Listen to the beginning" })];
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
