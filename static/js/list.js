// The host's list: order by hand, by keys and by buttons.

import { put } from "./api.js";
import { done, el, fill, icon, write } from "./dom.js";
import { makeSortable } from "./drag.js";
import { openItem } from "./item_sheet.js";
import { marks, places } from "./queue.js";
import { clock } from "./text.js";
import { lookUp } from "./tracks.js";

const LONGEST = 200;

export class List {
  /**
   * @param {HTMLElement} list @param {import("./live.js").Live} live
   * @param {boolean} [own] a member's own queue: all items are theirs, so each shows its artist instead, and what plays
   *   stands elsewhere
   */
  constructor(list, live, own = false) {
    this.list = list;
    this.live = live;
    this.own = own;
    this.again = () => this.show();
    makeSortable(list, { busy: (on) => this.hold(on), moved: (id, before) => this.move(id, before) });
  }

  /** While a row is in the hand the list stays as it is. */
  hold(on) {
    this.held = on;
    this.show();
  }

  show() {
    if (this.held || !this.live.state) return;
    this.rows = places(this.live).filter((row) => row.place > 0 || !this.own);
    const shown = this.rows.slice(0, LONGEST);
    fill(this.list, shown, (row) => row.item.id, () => this.make(), (node, row) => this.showRow(node, row));
  }

  make() {
    const node = el("li", { className: "item" });
    const button = (className, name, onclick) => el("button", { type: "button", className, onclick }, icon(name));
    node.append(
      button("grip", "grip", null),
      el("span", { className: "place digits" }, el("span"), el("small")),
      el("span", { className: "words" },
        el("strong", { className: "cut", dir: "auto" }),
        el("span", { className: "who" }, el("span", { className: "cut dim", dir: "auto" }), el("span", { className: "marks" }))),
      el("span", { className: "keys" },
        button("step up", "up", () => this.step(node, -1)), button("step down", "down", () => this.step(node, 1)),
        button("more", "more", () => this.openMore(node))));
    node.querySelector(".grip").addEventListener("keydown", (event) => this.keyed(event, node));
    return node;
  }

  showRow(node, row) {
    const { item, place, at } = row;
    const track = lookUp(item.track_id, this.again);
    const title = track?.title ?? "…";
    const [what, who] = node.querySelectorAll(".cut");
    node.classList.toggle("now", place === 0);
    node.classList.toggle("fixed", place === 0);
    write(node.querySelector(".place span"), place === 0 ? "♪" : String(place));
    write(node.querySelector(".place small"), place === 0 ? "now" : at === null ? "" : clock(at));
    write(what, title);
    write(who, this.own ? (track?.artist ?? "") : item.performer_name);
    write(node.querySelector(".marks"), this.own ? "" : marks(row, this.live.state).join(", "));
    label(node, title, place, this.rows.at(-1).place);
  }

  keyed(event, node) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.step(node, by);
  }

  step(node, by) {
    this.place(node.dataset.key, this.find(node).place + by);
  }

  find(node) {
    return this.rows.find((row) => row.item.id === node.dataset.key);
  }

  /** Moves an item so that it has this place among the waiting ones. */
  place(id, wanted) {
    const others = this.rows.filter((row) => row.place > 0 && row.item.id !== id);
    if (wanted < 1 || wanted > others.length + 1) return;
    this.move(id, others[wanted - 1]?.item.id ?? null);
  }

  async move(id, before) {
    const last = this.rows.at(-1).item.id;
    if (before === id || (before === null && last === id)) return;
    await this.change(put(`/queue/${this.live.queue}/items/${id}`, before ? { before } : { after: last }));
  }

  async change(request, said) {
    if (!(await done(request, said))) this.show();
  }

  openMore(node) {
    openItem(this, this.find(node));
  }
}

function label(node, title, place, last) {
  const name = `${title}, place ${place}`;
  const set = (part, text, disabled) => Object.assign(node.querySelector(part), { ariaLabel: text, title: text, disabled });
  set(".grip", `Move ${name}: drag, or arrow keys`, place === 0);
  set(".up", `Move ${name} up`, place < 2);
  set(".down", `Move ${name} down`, place === 0 || place === last);
  set(".more", `More for ${name}`, false);
}
