// What a guest may add now: their window, their points, how many more.

import { byId, el, write } from "./dom.js";
import { placesLeft, pointsAt, windowAt } from "./limits.js";
import { clock, count, remaining } from "./text.js";

export class Purse {
  /** @param {import("./live.js").Live} live @param {import("./you.js").You} you */
  constructor(live, you) {
    Object.assign(this, { live, you });
    byId("points").append(this.words = el("p", { className: "digits" }), this.bulbs());
    setInterval(() => this.show(), 1000);
  }

  bulbs() {
    return el("span", { className: "bulbs", ariaHidden: "true" }, (this.lit = el("i")));
  }

  show() {
    const { facts } = this.you;
    if (!this.live.state) return;
    const at = this.live.now();
    const shown = [this.showToken(facts.token, at), this.showPoints(facts, at), this.showPlaces(facts, at)];
    byId("may").hidden = !shown.some(Boolean);
  }

  showToken(token, at) {
    const window = windowAt(token, at);
    byId("token").hidden = !window;
    byId("token").classList.toggle("open", Boolean(window?.open));
    if (!window) return false;
    const { valid_from: from, valid_until: until } = token;
    const [what, left] = byId("token").children;
    write(what, window.open ? "Your turn to add" : `Your turn to add: ${clock(from)} to ${clock(until)}`);
    write(left, `${window.open ? "Open for" : "Opens in"} ${remaining(window.edge - at)}`);
    return true;
  }

  showPoints(facts, at) {
    byId("points").hidden = !facts.points;
    if (!facts.points) return false;
    const has = pointsAt(facts, at);
    const { points_max: most } = facts.points;
    write(this.words, `${Math.floor(has)} of ${most} points. Each minute of a song costs one.`);
    this.lit.style.setProperty("--lit", `${(100 * has) / most}%`);
    return true;
  }

  /** In their window a guest may add whatever the count says. */
  showPlaces(facts, at) {
    const left = windowAt(facts.token, at)?.open ? null : placesLeft(facts);
    const text = left === 0 ? "You have all your places on the queue." : `You may add ${count(left, "more song")}.`;
    write(byId("places"), left === null ? "" : text);
    return left !== null;
  }
}
