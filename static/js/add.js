// The sheet that puts a track on the queue: what it would be promised, and what stands in the way.

import { post, randomKey } from "./api.js";
import { el, sheet, write } from "./dom.js";
import { Forecast } from "./forecast.js";
import { openJoin } from "./join.js";
import { cost, enoughAt, pointsAt } from "./limits.js";
import { Retry } from "./retry.js";
import { Singers } from "./singers.js";
import { waiting } from "./state.js";
import { count, promise } from "./text.js";
import { showTicket } from "./ticket.js";
import { expectedAfter } from "./times.js";
import { head, preview } from "./track_head.js";

/** By so much the phone's idea of the server's clock may be off. */
const SURE_MS = 500;
/** A place may come free before it was expected to. */
const ASK_AGAIN_MS = 15_000;

/**
 * @param {import("./live.js").Live} live
 * @param {any} track
 * @param {{you?: import("./you.js").You}} [how] `you`: the guest who adds; else a host adds for somebody
 */
export function openAdd(live, track, how = {}) {
  return new AddSheet(live, track, how);
}

class AddSheet {
  constructor(live, track, { you = null }) {
    Object.assign(this, { live, track, you, key: randomKey() });
    this.singers = new Singers(!you, live.state?.settings.performer_names ?? [], () => this.typed());
    this.hint = el("p", { className: "hint", role: "status", textContent: this.guess() });
    this.price = el("p", { className: "hint digits" });
    this.refusal = el("p", { className: "refusal", role: "alert", id: "add-refusal" });
    this.send = el("button", { className: "flame", textContent: "Put it on" });
    this.retry = new Retry(this.send, () => live.now(), () => this.over());
    this.forecast = new Forecast(live.queue, (answer, refusal) => this.told(answer, refusal));
    this.dialog = sheet(`Add ${track.title}`, head(track), ...preview(live, track), this.form());
    this.dialog.addEventListener("close", () => this.leave());
    this.typed();
    (this.singers.text ? this.send : this.singers.first).focus();
  }

  form() {
    const cancel = el("button", { type: "button", textContent: "Cancel", onclick: () => this.dialog.close() });
    const form = el("form", { className: "stack" }, this.singers.root, this.hint, this.price, this.refusal,
      el("div", { className: "actions" }, cancel, this.send));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    return form;
  }

  get wish() {
    return { track_id: this.track.track_id, performer_name: this.singers.text };
  }

  /** A second tap after a lost answer is the same wish; after an answer, or with another name, it is a new one. */
  typed() {
    this.key = randomKey();
    this.waitNoMore();
    this.showPrice();
    if (this.singers.text) this.forecast.ask(this.wish);
  }

  leave() {
    this.forecast.stop();
    this.waitNoMore();
  }

  /** What was refused a moment ago is no more. */
  over() {
    clearInterval(this.asking);
    write(this.refusal, "");
    this.showPrice();
  }

  waitNoMore(text) {
    clearInterval(this.asking);
    this.asking = null;
    this.retry.stop(text);
  }

  /** By what the page knows, until the server has said it. */
  guess() {
    const { state } = this.live;
    if (!state) return "";
    const line = waiting(state);
    const at = expectedAfter(line, state.session, state.settings, this.live.now(), state.paused);
    return promise(line.length + 1, at, 0, this.who);
  }

  get who() {
    return this.you ? "You would be" : "Would be";
  }

  told(answer, refusal) {
    if (refusal) return this.warn(refusal);
    write(this.refusal, "");
    if (this.asking) this.waitNoMore("Try again");
    if (answer.status === "lobby") return write(this.hint, "The host looks at it first.");
    const promised = promise(answer.position, answer.timestamp_expected, answer.uncertainty_ms, this.who);
    return write(this.hint, promised + after(answer.adds_left));
  }

  /** Said before the tap; too many questions are no refusal of the song. */
  warn(refusal) {
    if (refusal.status && refusal.code !== "rate_limited") this.say(refusal.message);
  }

  /** Nothing is promised beside it. */
  say(sentence) {
    write(this.hint, "");
    write(this.refusal, sentence);
  }

  showPrice() {
    if (!this.you?.facts.points) return;
    const [wanted, now] = [cost(this.track.duration_ms), this.live.now()];
    write(this.price, `Costs ${wanted} of your ${count(Math.floor(pointsAt(this.you.facts, now)), "point")}.`);
    const at = enoughAt(this.you.facts, wanted, now);
    if (at > now) this.retry.wait(at + SURE_MS, "Enough for this in", "Put it on");
  }

  async add() {
    this.send.disabled = true;
    this.refusal.textContent = "";
    this.forecast.stop();
    try {
      const item = await post(`/queue/${this.live.queue}/items`, this.wish, { key: this.key });
      this.singers.remember();
      this.you?.take({ guest_id: item.session_owner, ...item.you });
      showTicket(this.dialog, this.track, item);
    } catch (error) {
      this.refuse(error);
    }
  }

  refuse(error) {
    this.send.disabled = false;
    if (error.status) this.key = randomKey();
    if (error.code === "join_code_needed") return openJoin(this.live, this.you, { then: () => this.add() });
    this.say(error.message);
    this.singers.mark(["bad_performer_name", "unknown_performer"].includes(error.code));
    if (error.facts.token !== undefined) this.you?.take({ token: error.facts.token });
    if (error.facts.retry_after) this.waitFor(error.facts.retry_after * 1000);
    return undefined;
  }

  waitFor(ms) {
    this.retry.wait(this.live.now() + ms);
    this.asking = setInterval(() => this.forecast.ask(this.wish), ASK_AGAIN_MS);
  }
}

/** @param {number|null} left how many more like this would fit; null without a bound */
function after(left) {
  if (left === null) return "";
  return left ? ` After it ${count(left, "more", "more")} like this.` : " It would be your last for now.";
}
