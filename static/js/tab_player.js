// A queue's music out of this tab: its device, its seat and its sound, in time with the session.

import { following, knowsNothingNew, sessionAfter } from "./ahead.js";
import { post } from "./api.js";
import { Device } from "./device.js";
import { toast } from "./dom.js";
import { MediaKeys } from "./media_keys.js";
import { Sound } from "./sound.js";
import { Speaker } from "./speaker.js";

export class TabPlayer {
  /**
   * @param {import("./live.js").Live} live
   * @param {{name: () => string, mayControl: boolean, changed: () => void}} how
   */
  constructor(live, how) {
    this.live = live;
    this.how = how;
    /** Why it could not begin, and who plays in its place. */
    this.trouble = "";
    this.other = "";
    /** The session as this page goes on with it while the server is away, and the one that the server knows. */
    this.ahead = null;
    this.device = new Device(live.queue, () => how.changed());
    this.keys = new MediaKeys(live, how.mayControl);
    this.speaker = new Speaker(this.device, {
      changed: () => this.changed(), beat: () => this.beat(), removed: () => this.removed(),
    });
    this.sound = new Sound([...document.querySelectorAll("audio")], {
      source: this.speaker.source,
      ended: (itemId) => this.ended(itemId),
      failed: (itemId, reason) => this.speaker.report("failed", { item_id: itemId, reason }),
      blocked: () => this.speaker.blocked(),
      now: () => live.now(),
    });
    document.addEventListener("visibilitychange", () => this.keepAwake());
    new Worker("/static/js/tick_worker.js").onmessage = () => this.tick();
  }

  /** A tap is what browsers ask for before they let a page sound. */
  async begin(then = () => {}, tapped = true) {
    const { device, speaker, live } = this;
    this.trouble = "";
    if (tapped) this.sound.unlock();
    try {
      await device.registering;
      if (!device.token) await device.register(this.how.name());
      speaker.ready ||= tapped;
      await then();
      if (live.state) speaker.heard(live.state.session);
      speaker.beat();
    } catch (error) {
      if (error.code === "speaker_taken") this.other = error.facts.speaker || "without a name";
      else this.trouble = error.sentence ?? String(error);
    }
    this.keepAwake();
    this.how.changed();
  }

  /** @param {boolean} [ifFree] not while another one plays */
  async claim(ifFree = false) {
    const wish = { device_id: this.device.id, ...(ifFree ? { if_free: true } : {}) };
    this.speaker.sit((await post(`/sessions/${this.live.queue}/speaker`, wish)).generation);
  }

  /** Also while it registers, which it does by its old name. Who was not let in has been told so. */
  async rename() {
    const { device } = this;
    await device.registering?.catch(() => {});
    if (device.token) await device.register(this.how.name()).catch((error) => toast(error.sentence));
  }

  /** Heartbeats make no events: only a snapshot and a change of speaker tell who is on. */
  event(name, { session, ts }) {
    if (name !== "snapshot" && name !== "speaker_change") return;
    const { active_device_id: id, lease_until_ms: lease, speaker_name: speaks } = session;
    const here = id && id !== this.device.id && (!lease || lease > ts);
    this.other = here ? speaks || "without a name" : "";
  }

  heard({ session }) {
    if (!session.active_device_id) this.other = "";
    if (this.ahead && !knowsNothingNew(this.ahead.before, session)) this.ahead = null;
    this.speaker.heard(session);
    this.changed();
  }

  ended(itemId) {
    const { live, speaker } = this;
    const endedAtMs = Math.round(live.now());
    speaker.report("ended", { item_id: itemId, ended_at_ms: endedAtMs });
    const session = !live.online && speaker.sole ? sessionAfter(live.state, itemId, endedAtMs) : undefined;
    if (session) this.ahead = { before: live.state.session, session };
  }

  tick() {
    this.speaker.tick();
    if (this.speaker.active) this.follow();
  }

  /** Only what was heard of this very seat counts: an event of before may come late. */
  follow() {
    const { sound, speaker, live } = this;
    const session = this.ahead?.session ?? live.state?.session;
    if (session?.generation !== speaker.generation) return sound.release();
    sound.follow(session, following(live.state, session.item_id));
    return sound.fade(speaker.ending ? 0 : 1);
  }

  changed() {
    if (this.speaker.active) this.follow();
    else this.sound.release();
    this.keys.show(this.speaker.active);
    this.how.changed();
  }

  beat() {
    const { volume } = this.live.state?.session ?? {};
    return { volume, ...(this.sound.place ?? {}) };
  }

  removed() {
    this.trouble = "The host has taken this player off.";
  }

  leave() {
    this.speaker.leave();
    this.sound.release();
  }

  /** Keeps a phone's screen on, where the browser offers it (only over HTTPS or on the machine itself). */
  keepAwake() {
    if (!document.hidden && this.speaker.ready) navigator.wakeLock?.request("screen").catch(() => {});
  }
}
