// What a guest may add now: their window, their points, how many more.

import { byId, el, write } from "./dom.js";
import { pointsAt, roomLeft, windowAt } from "./limits.js";
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
    const turn = windowAt(token, at);
    byId("token").hidden = !turn;
    byId("token").classList.toggle("open", Boolean(turn?.open));
    if (!turn) return false;
    const { valid_from: from, valid_until: until } = token;
    const [what, left] = byId("token").children;
    write(what, turn.open ? "Your turn to add" : `Your turn to add: ${clock(from)} to ${clock(until)}`);
    write(left, `${turn.open ? "Open for" : "Opens in"} ${remaining(turn.edge - at)}`);
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
    const text = windowAt(facts.token, at)?.open ? "" : roomText(roomLeft(facts));
    write(byId("places"), text);
    return text !== "";
  }
}

function roomText({ songs, minutes }) {
  if (songs === 0 || minutes === 0) return "You have all your places on the queue.";
  const more = [songs === null ? "" : count(songs, "more song"), minutes === null ? "" : count(minutes, "minute")];
  const text = more.filter(Boolean).join(", at most ");
  return text && `You may add ${text}.`;
}
