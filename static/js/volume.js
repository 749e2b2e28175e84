// How loud the queue plays, on whichever speaker.

import { post } from "./api.js";
import { toast } from "./dom.js";

/** A thumb on the slider sends no more often. */
const STEP_MS = 150;

export class Volume {
  /** @param {HTMLInputElement} slider @param {import("./live.js").Live} live */
  constructor(slider, live) {
    this.slider = slider;
    this.live = live;
    slider.addEventListener("input", () => this.turn());
    slider.addEventListener("change", () => this.send());
  }

  /** Not while a thumb is on it. */
  show() {
    if (this.timer || this.sending) return;
    this.slider.disabled = false;
    this.slider.value = String(this.live.state.session.volume);
    this.tell();
  }

  tell() {
    this.slider.setAttribute("aria-valuetext", `${this.slider.value} percent`);
  }

  turn() {
    this.tell();
    this.timer ??= setTimeout(() => this.send(), STEP_MS);
  }

  async send() {
    clearTimeout(this.timer);
    this.timer = null;
    const volume = Number(this.slider.value);
    this.sending = true;
    try {
      await post(`/sessions/${this.live.queue}/options`, { volume });
    } catch (error) {
      toast(error.sentence);
    } finally {
      this.sending = false;
    }
  }
}
