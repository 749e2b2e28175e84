// The card of whoever sings next: are they there?

import { post } from "./api.js";
import { byId, done, write } from "./dom.js";
import { buzz } from "./retry.js";
import { projected } from "./times.js";
import { lookUp } from "./tracks.js";

export class ReadyCard {
  /** @param {import("./live.js").Live} live */
  constructor(live) {
    this.live = live;
    this.called = null;
    byId("ready-yes").onclick = () => this.say("ready");
    byId("ready-no").onclick = () => this.say("pass", "Somebody else goes first. You keep your turn.");
  }

  /** @param {ReturnType<typeof import("./queue.js").places>} mine the guest's own */
  show(mine) {
    this.row = mine.find((row) => this.isUp(row)) ?? null;
    byId("ready").hidden = !this.row;
    if (!this.row) return;
    const { item, place } = this.row;
    const said = this.live.state.ready?.includes(item.id) ?? false;
    byId("ready").classList.toggle("said", said);
    byId("ready-keys").hidden = said || place === 0;
    write(byId("ready-title"), place === 0 ? "You are on!" : said ? "You are next. See you up there!" : "You are next! Ready?");
    write(byId("ready-song"), lookUp(item.track_id, () => this.show(mine))?.title ?? "…");
    this.call(item.id);
  }

  /** The next while something is on; the current one as long as it has not begun. */
  isUp({ place }) {
    const { session } = this.live.state;
    if (session.item_id === null || session.play_state === "stopped") return false;
    return place === 1 || (place === 0 && projected(session, this.live.now()) < 0);
  }

  call(id) {
    if (this.called === id) return;
    this.called = id;
    buzz();
  }

  say(verb, said) {
    return done(post(`/queue/${this.live.queue}/items/${this.row.item.id}/${verb}`), said);
  }
}
