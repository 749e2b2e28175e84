// The recording is heard: from any row, anywhere; and starts are marked while it plays.

import { byId, icon, write } from "../dom.js";
import { Listening } from "./listening.js";
import { heardAt, nameOf, nextUnmarked, placeAt } from "./rules.js";
import { writeTime } from "./set_times.js";
import { Wave } from "./wave.js";

/** No thumb is more exact. */
const THUMB_MS = 100;
/** What has a use of its own for the space key also while it plays. */
const OWN_SPACE = "input:not([type=range]), textarea, select, summary, a, dialog, .tools button, .more, .side button";

export class Player {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.wave = new Wave(byId("wave"));
    this.listening = new Listening(byId("audio"), editor.draft.path, {
      told: (sentence) => write(byId("silence"), sentence), moved: () => this.follow(),
    }, editor.over.signal);
    editor.on("play", "click", () => this.toggle());
    editor.on("mark", "click", () => this.mark());
    editor.on("undo", "click", () => this.undo());
    editor.on("position", "input", () => this.listening.seek(Number(byId("position").value) * 1000));
    const until = { signal: editor.over.signal };
    for (const event of ["keydown", "keyup"]) document.addEventListener(event, (press) => this.keyed(press), until);
    addEventListener("resize", () => this.wave.draw(), until);
  }

  show(list) {
    const { audio_file_id: recording, audio_duration_ms: length } = list;
    byId("player").hidden = !recording || !this.editor.mayWrite;
    document.body.classList.toggle("plays", !byId("player").hidden);
    if (recording !== this.recording) this.wave.load((this.recording = recording));
    byId("position").max = (length ?? 0) / 1000;
    write(byId("length"), length ? ` / ${writeTime(Math.round(length / 1000) * 1000)}` : "");
    const main = list.tracks.filter(({ kind, start_ms: start }) => kind === "main" && start !== null);
    this.wave.mark(length, main.map(({ start_ms: start }) => start));
    const next = nextUnmarked(list);
    byId("mark").disabled = !this.listening.isPlaying;
    write(byId("mark").firstChild, next ? `Begins now: ${nameOf(next)}` : "A new row begins now");
    byId("undo").hidden = !(this.last && list.tracks[this.last.position - 1]?.start_ms === this.last.at);
    this.follow();
  }

  toggle() {
    return this.listening.isPlaying ? this.listening.pause() : this.listening.play();
  }

  playAt(ms) {
    return this.listening.play(ms);
  }

  /** What is moved a little is heard again at once, if anything is heard. */
  nudged(ms) {
    if (this.listening.isPlaying) this.listening.play(ms);
  }

  /** Where the music is. */
  follow() {
    const { at, isPlaying } = this.listening;
    const word = isPlaying ? "Pause" : "Play";
    if (byId("play").title !== word) byId("play").replaceChildren(icon(word.toLowerCase()));
    byId("play").ariaLabel = byId("play").title = word;
    byId("mark").disabled = !isPlaying;
    write(byId("at"), writeTime(Math.floor(at / 1000) * 1000));
    byId("position").value = at / 1000;
    byId("position").ariaValueText = writeTime(Math.floor(at / 1000) * 1000);
    this.wave.play(at);
    this.editor.rows.follow(at || isPlaying ? heardAt(this.editor.list, at)?.position : null);
  }

  /** The start of the next row without one; where all have one, a row that nobody knows yet. */
  mark() {
    const { edits, list } = this.editor;
    const at = Math.round(this.listening.at / THUMB_MS) * THUMB_MS;
    const next = nextUnmarked(list);
    const position = next ? next.position : placeAt(list, at);
    this.last = { position, at, isNew: !next };
    const unknown = { artist: "", title: "ID", is_id: true, start_ms: at };
    this.editor.change(next ? edits.times(position, { start_ms: at }) : edits.add(position, unknown));
  }

  undo() {
    const { position, isNew } = this.last;
    this.last = null;
    const { edits } = this.editor;
    this.editor.change(isNew ? edits.remove(position) : edits.times(position, { start_ms: null }));
  }

  /** The space key marks; a button that has the focus is not pressed by it meanwhile. */
  keyed(press) {
    const marks = this.listening.isPlaying && this.editor.mayEdit && !press.target.closest(OWN_SPACE);
    if (press.key !== " " || !marks) return;
    press.preventDefault();
    if (press.type === "keydown" && !press.repeat) this.mark();
  }

  close() {
    document.body.classList.remove("plays");
    this.listening.close();
  }
}
