// One list: its rows and their times, its recording, what is wrong with it, and its way to everybody.

import { del, post } from "../api.js";
import { byId, el, sheet, toast, write } from "../dom.js";
import { lookUp } from "../tracks.js";
import { askWhich } from "./conflict.js";
import { Draft } from "./draft.js";
import { editsOf } from "./edits.js";
import { Facts } from "./facts.js";
import { Player } from "./player.js";
import { Publishing } from "./publishing.js";
import { chooseRecording, showRecording } from "./recording.js";
import { openRow } from "./row_sheet.js";
import { Rows } from "./rows.js";
import { titleOf } from "./rules.js";
import { Sheets } from "./sheets.js";
import { Verdict } from "./verdict.js";
import { Versions } from "./versions.js";

export class Editor {
  /** @param {any} list @param {boolean} mayWrite @param {(list: any) => void} open another list in its place */
  constructor(list, mayWrite, open) {
    this.mayWrite = mayWrite;
    this.open = open;
    this.over = new AbortController();
    const [shown, saved] = [() => this.show(), () => this.settled()];
    this.draft = new Draft(list, { shown, saved, refused: toast, conflict: askWhich });
    this.edits = editsOf(this.draft.path);
    this.parts = [
      (this.verdict = new Verdict(this)), (this.rows = new Rows(this)), (this.player = new Player(this)),
      new Publishing(this), new Facts(this), new Sheets(this), (this.versions = new Versions(this)),
    ];
    this.on("add-row", "click", () => openRow(this, null));
    this.on("ends", "click", () => this.change(this.edits.ends()));
    this.on("of-recording", "click", () => chooseRecording((track) => this.take(track)));
    this.on("remove", "click", () => this.askToRemove());
    const stay = (event) => this.draft.isSaved || event.preventDefault();
    addEventListener("beforeunload", stay, { signal: this.over.signal });
    this.show();
    this.settled();
  }

  /** Until another list is opened. */
  on(id, event, does) {
    byId(id).addEventListener(event, does, { signal: this.over.signal });
  }

  get list() {
    return this.draft.list;
  }

  get mayEdit() {
    return this.mayWrite && this.draft.saved.is_draft;
  }

  /** @param {import("./draft.js").Edit} edit */
  change(edit) {
    return this.draft.change(edit);
  }

  /** As the recording of the list. */
  take(track) {
    this.change(this.edits.facts({ audio_file_id: track.track_id }));
  }

  show() {
    if (this.over.signal.aborted) return;
    const { list } = this;
    document.body.dataset.may = this.mayEdit ? "edit" : this.mayWrite ? "write" : "read";
    write(byId("title"), titleOf(list));
    document.title = `${titleOf(list)} – Tracklists`;
    const id = list.audio_file_id;
    const track = id && (lookUp(id, () => this.show()) ?? { title: "…", track_id: id });
    showRecording(byId("of-recording"), track, this.mayEdit);
    write(byId("saved"), this.draft.isSaved ? "" : "Saving…");
    for (const part of this.parts) part.show(list);
  }

  /** The server has all of it. */
  settled() {
    if (this.over.signal.aborted) return;
    this.verdict.look();
    this.versions.look();
  }

  askToRemove() {
    const { list } = this;
    const said = list.is_draft
      ? "The draft goes with its versions."
      : "The recording is a single track again; those that were cut from it go.";
    const remove = async () => {
      dialog.close();
      try {
        await del(this.draft.path);
        location.hash = "";
        toast("Removed.");
      } catch (error) { toast(error.sentence); }
    };
    const dialog = sheet("Remove this list?", el("h2", {}, "Remove this list?"), el("p", {}, said),
      el("div", { className: "actions" }, el("button", { onclick: () => dialog.close() }, "Keep it"),
        el("button", { className: "danger", onclick: remove }, "Remove it")));
  }

  /** A published list is changed by a draft of it. */
  async newDraft() {
    try {
      this.open(await post(`${this.draft.path}/draft`));
    } catch (error) {
      toast(error.sentence);
    }
  }

  close() {
    this.over.abort();
    this.player.close();
  }
}
