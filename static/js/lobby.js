// What guests ask for and a host has to let in, and who is paused.

import { post } from "./api.js";
import { byId, done, el, fill, write } from "./dom.js";
import { asking } from "./state.js";
import { count } from "./text.js";
import { lookUp } from "./tracks.js";

export class Lobby {
  /** @param {import("./live.js").Live} live */
  constructor(live) {
    this.live = live;
    this.again = () => this.show();
  }

  show() {
    const { state } = this.live;
    const items = asking(state);
    byId("lobby-part").hidden = items.length === 0;
    write(byId("lobby-title"), `${count(items.length, "song asks", "songs ask")} to be let in`);
    fill(byId("lobby"), items, (item) => item.id, (item) => this.make(item), (node, item) => this.showRow(node, item));
    fill(byId("paused"), state.paused ?? [], (name) => name, (name) => this.makePaused(name), () => {});
  }

  make({ id, performer_name: name }) {
    const button = (text, className, verb, said) => el("button", {
      type: "button", className, textContent: text, ariaLabel: `${text} ${name}`,
      onclick: () => done(post(`/queue/${this.live.queue}/items/${id}/${verb}`), said),
    });
    return el("li", { className: "item asks" },
      el("span", { className: "words" },
        el("strong", { className: "cut", dir: "auto" }), el("span", { className: "cut dim", dir: "auto" })),
      button("Let in", "flame", "admit", "It is on the queue."), button("Refuse", "", "refuse"));
  }

  showRow(node, item) {
    const [what, who] = node.querySelectorAll(".cut");
    write(what, lookUp(item.track_id, this.again)?.title ?? "…");
    write(who, item.performer_name);
  }

  makePaused(name) {
    const back = () => done(post(performerPath(this.live.queue, name, "resume")), `${name} is back.`);
    return el("li", { className: "row" }, el("span", { className: "grow cut", dir: "auto", textContent: `${name} is paused` }),
      el("button", { type: "button", textContent: "Back", ariaLabel: `${name} is back`, onclick: back }));
  }
}

export const performerPath = (queue, name, verb) => `/queue/${queue}/performers/${encodeURIComponent(name)}/${verb}`;
