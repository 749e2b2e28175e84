// A button that waits: it counts down to when the same may be tried again, and then offers it.

import { write } from "./dom.js";
import { remaining } from "./text.js";

export class Retry {
  /** @param {HTMLButtonElement} button @param {() => number} now ms @param {() => void} over the wait is */
  constructor(button, now, over) {
    Object.assign(this, { button, now, over, text: button.textContent });
  }

  /** @param {number} at ms, as `now` tells it @param {string} [words] before what is left @param {string} [then] */
  wait(at, words = "Again in", then = "Try again") {
    this.stop();
    this.button.disabled = true;
    const tick = () => {
      const left = at - this.now();
      if (left > 0) return write(this.button, `${words} ${remaining(left)}`);
      this.stop(then);
      buzz();
      return this.over();
    };
    this.timer = setInterval(tick, 500);
    tick();
  }

  /** The button can be tapped as ever. */
  stop(text = this.text) {
    clearInterval(this.timer);
    this.button.disabled = false;
    write(this.button, text);
  }
}

/** Where the phone can, and only once it was touched: browsers refuse it before. */
export function buzz() {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.([200, 100, 200]);
}
