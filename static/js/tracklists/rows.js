// The rows of a list: when each begins, heard at a tap, set by hand, nudged, and put in another order.

import { byId, fill, write } from "../dom.js";
import { makeSortable } from "../drag.js";
import { makeRow, showRow } from "./row_node.js";
import { openRow } from "./row_sheet.js";
import { readTime, writeTime } from "./set_times.js";

export class Rows {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.list = byId("rows");
    this.list.replaceChildren();
    const moved = (key, before) => this.dropped(Number(key), before);
    makeSortable(this.list, { busy: (on) => this.hold(on), moved }, editor.over.signal);
  }

  /** While a row is in the hand the list stays as it is. */
  hold(on) {
    this.held = on;
    if (!on) this.show(this.editor.list);
  }

  show({ tracks, audio_file_id: recording }) {
    byId("no-rows").hidden = tracks.length > 0;
    this.mayHear = this.editor.mayWrite && Boolean(recording);
    this.last = tracks.length;
    if (this.held) return;
    fill(this.list, tracks, (row) => String(row.position), () => makeRow(this), (node, row) => this.showRow(node, row));
  }

  showRow(node, row) {
    const issue = this.editor.verdict.of(row.position);
    showRow(node, row, { issue, current: row.position === this.pointed, mayHear: this.mayHear });
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

  more(position) {
    openRow(this.editor, position);
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
    const said = wrong ? `“${text}” is no time: write 1:02:33.5 or 62:33.` : "";
    write(input.closest("li").querySelector(".issue"), said);
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
