// A guest's own tickets on top of their page, the whole queue one tap away, and the words for who sings next.

import { byId, el, icon, sheet, write } from "./dom.js";
import { asked, fillTickets, places } from "./queue.js";
import { openLyrics } from "./sing.js";
import { title, waiting } from "./state.js";
import { count } from "./text.js";
import { lookUp } from "./tracks.js";

/** More would push the search away. */
const SHOWN = 3;
const TO_SING = new Set(["queued", "playing"]);

export class Tickets {
  /** @param {import("./live.js").Live} live @param {import("./you.js").You} you @param {import("./ready.js").ReadyCard} ready */
  constructor(live, you, ready) {
    Object.assign(this, { live, you, ready, list: null, lyrics: null });
    this.again = () => this.show();
    byId("bar").addEventListener("click", () => this.openList());
    byId("mine-more").addEventListener("click", () => this.openList());
    setInterval(this.again, 5000);
  }

  show() {
    const { live, you } = this;
    if (!live.state) return;
    const rows = places(live, you.id);
    const mine = [...rows.filter((row) => row.own), ...asked(live, you.id)];
    this.ready.show(mine);
    this.showMine(mine);
    this.showSing(mine);
    this.showWaiting();
    if (this.list) fillTickets(this.list, rows, live, false, this.again);
    document.title = `${mine[0]?.place === 1 ? "You are next – " : ""}${title(live.state, live.queue)}`;
  }

  showMine(mine) {
    fillTickets(byId("mine"), mine.slice(0, SHOWN), this.live, true, this.again);
    byId("mine-more").hidden = mine.length <= SHOWN;
    write(byId("mine-more"), `and ${mine.length - SHOWN} more`);
    byId("tickets").hidden = mine.length === 0;
    byId("welcome").hidden = mine.length > 0;
  }

  showWaiting() {
    const { state } = this.live;
    const others = waiting(state).length;
    write(byId("waiting"), others ? `${others} waiting` : "Queue");
    byId("idle").hidden = state.session.item_id !== null;
    write(byId("idle"), others ? "The music starts soon" : "Nothing on yet. Be the first!");
  }

  /** The words are one tap away for who sings now or next; they close with the song. */
  showSing(mine) {
    const { live, lyrics } = this;
    const near = mine.filter(({ place }) => place === 0 || place === 1);
    const mic = near.map((row) => ({ ...row, track: lookUp(row.item.track_id, this.again) })).find(({ track }) => track?.lyrics);
    byId("sing").hidden = !mic;
    if (mic) {
      byId("sing").replaceChildren(icon("words"), el("span", { className: "cut", textContent: `Lyrics: ${mic.track.title}` }));
      byId("sing").onclick = () => { this.lyrics = { id: mic.item.id, dialog: openLyrics(live, mic.item, mic.track) }; };
    }
    if (lyrics && !live.state.items.some(({ id, status }) => id === lyrics.id && TO_SING.has(status))) lyrics.dialog.close();
  }

  openList() {
    const { live } = this;
    if (!live.state) return;
    this.list = el("ol", { className: "stack" });
    const rows = places(live, this.you.id);
    const empty = el("p", { className: "dim", textContent: "The queue is empty. Pick a track and it plays next." });
    const close = el("button", { className: "round", ariaLabel: "Close", onclick: () => dialog.close() }, icon("close"));
    const heading = el("h2", { className: "grow", textContent: `${count(waiting(live.state).length, "track")} waiting` });
    fillTickets(this.list, rows, live, false, this.again);
    const dialog = sheet("The queue", el("div", { className: "row head" }, heading, close), rows.length ? this.list : empty);
    dialog.addEventListener("close", () => { this.list = null; });
  }
}
