// The rows of a list: when each begins, heard at a tap, set by hand, nudged, and put in another order.

import { byId, el, fill, icon, write } from "../dom.js";
import { makeSortable } from "../drag.js";
import { openRow } from "./row_sheet.js";
import { nameOf } from "./rules.js";
import { readTime, writeTime } from "./set_times.js";

const NUDGES = [[-1000, "−1", "1 second earlier"], [-100, "−.1", "a tenth earlier"], [100, "+.1", "a tenth later"], [1000, "+1", "1 second later"]];
const KINDS = { with: "w/", component: "in it" };

export class Rows {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.list = byId("rows");
    this.list.replaceChildren();
    makeSortable(this.list, { busy: (on) => this.hold(on), moved: (key, before) => this.dropped(Number(key), before) }, editor.over.signal);
  }

  /** While a row is in the hand the list stays as it is. */
  hold(on) {
    this.held = on;
    if (!on) this.show(this.editor.list);
  }

  show({ tracks }) {
    byId("no-rows").hidden = tracks.length > 0;
    this.last = tracks.length;
    if (!this.held) fill(this.list, tracks, (row) => String(row.position), () => this.make(), (node, row) => this.showRow(node, row));
  }

  make() {
    const at = () => Number(node.dataset.key);
    const button = (className, content, onclick) => el("button", { type: "button", className, onclick }, content);
    const start = el("input", { className: "start digits", autocomplete: "off", inputMode: "text", maxLength: 12, enterkeyhint: "done" });
    const node = el("li", { className: "item" },
      button("hear digits", el("span"), () => this.hear(at())),
      el("span", { className: "words" }, el("strong", { dir: "auto" }), el("span", { className: "dim", dir: "auto" }), el("span", { className: "issue" })),
      el("span", { className: "tools" }, button("grip", icon("grip"), null), start,
        ...NUDGES.map(([ms, text]) => button("nudge digits", text, () => this.nudge(at(), ms)))),
      button("more", icon("more"), () => openRow(this.editor, at())));
    node.addEventListener("focusin", () => this.point(at()));
    node.querySelector(".words").addEventListener("click", () => this.point(at()));
    node.querySelector(".grip").addEventListener("keydown", (event) => this.keyed(event, at()));
    start.addEventListener("change", () => this.set(start, at()));
    start.addEventListener("keydown", (event) => this.typed(event, start, at()));
    return node;
  }

  showRow(node, row) {
    const main = row.kind === "main";
    const [name, artist, issue] = node.querySelector(".words").children;
    const start = node.querySelector(".start");
    const time = row.start_ms === null ? "" : writeTime(row.start_ms);
    node.className = `item ${row.kind}${row.position === this.pointed ? " current" : ""}${row.is_id ? " unknown" : ""}`;
    node.querySelector(".tools").classList.toggle("untimed", !main);
    write(node.querySelector(".hear span"), main ? time || "–" : KINDS[row.kind]);
    node.querySelector(".hear").disabled = !main || row.start_ms === null || !this.editor.list.audio_file_id;
    write(name, row.remix && !row.title.includes(row.remix) ? `${row.title} (${row.remix})` : row.title);
    write(artist, [row.artist, row.label && `[${row.label}]`, row.is_estimated && "estimated"].filter(Boolean).join(" · "));
    write(issue, this.editor.verdict.of(row.position));
    if (document.activeElement !== start) start.value = time;
    for (const nudge of node.querySelectorAll(".nudge")) nudge.disabled = row.start_ms === null;
    this.label(node, row);
  }

  label(node, row) {
    const name = `row ${row.position}, ${nameOf(row)}`;
    const set = (part, text) => Object.assign(node.querySelector(part), { ariaLabel: text, title: text });
    set(".hear", row.start_ms === null ? `No start yet: ${name}` : `Listen at ${writeTime(row.start_ms)}: ${name}`);
    set(".grip", `Move ${name}: drag, or arrow keys`);
    set(".start", `Start of ${name}`);
    set(".more", `Change ${name}`);
    node.querySelectorAll(".nudge").forEach((nudge, at) => Object.assign(nudge, { ariaLabel: `${NUDGES[at][2]}: ${name}`, title: NUDGES[at][2] }));
  }

  /** The row that is worked on shows its tools. */
  point(position) {
    if (this.pointed === position || !this.editor.mayEdit) return;
    this.pointed = position;
    for (const node of this.list.children) node.classList.toggle("current", Number(node.dataset.key) === position);
  }

  /** The row that is heard is marked. */
  follow(position) {
    for (const node of this.list.children) node.classList.toggle("heard", Number(node.dataset.key) === position);
  }

  hear(position) {
    this.point(position);
    this.editor.player.playAt(this.editor.list.tracks[position - 1].start_ms);
  }

  nudge(position, by) {
    const start = Math.max(0, this.editor.list.tracks[position - 1].start_ms + by);
    this.editor.change(this.editor.edits.times(position, { start_ms: start }));
    this.editor.player.nudged(start);
  }

  set(input, position) {
    const text = input.value.trim();
    const start = text ? readTime(text) : null;
    const wrong = text !== "" && start === null;
    input.ariaInvalid = wrong ? "true" : null;
    write(input.closest("li").querySelector(".issue"), wrong ? `“${text}” is no time: write 1:02:33.5 or 62:33.` : "");
    if (wrong || start === this.editor.list.tracks[position - 1].start_ms) return;
    this.editor.change(this.editor.edits.times(position, { start_ms: start }));
  }

  /** Enter keeps a time; up and down nudge it. */
  typed(event, input, position) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (event.key === "Enter") input.blur();
    if (!by || this.editor.list.tracks[position - 1].start_ms === null) return;
    event.preventDefault();
    this.nudge(position, by * (event.shiftKey ? 1000 : 100));
    input.value = writeTime(this.editor.list.tracks[position - 1].start_ms);
  }

  keyed(event, position) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by) return;
    event.preventDefault();
    this.move(position, position + by);
  }

  dropped(from, before) {
    const to = before === null ? this.last : Number(before) - (Number(before) > from ? 1 : 0);
    this.move(from, to);
  }

  move(from, to) {
    if (to < 1 || to > this.last || to === from) return;
    this.pointed = to;
    this.editor.change(this.editor.edits.move(from, to));
    this.list.children[to - 1]?.querySelector(".grip").focus();
  }
}
