// From a draft to what everybody sees; and what was published is changed by a draft of it.

import { byId, toast, write } from "../dom.js";

const WITH_AUDIO = "Each row becomes a track of the library that can be queued.";
const WITHOUT = "Choose its recording first, and each row becomes a track that can be queued.";
const DONE = "It is published. To change it, make a new draft; this one stays until that is published.";

export class Publishing {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    write(byId("publish-refusal"), "");
    editor.on("publish", "click", () => this.publish());
    editor.on("change", "click", () => this.change());
  }

  show(list) {
    byId("publish").hidden = !list.is_draft;
    byId("change").hidden = list.is_draft;
    byId("publish").disabled = !list.tracks.length;
    write(byId("publish-hint"), !list.is_draft ? DONE : list.audio_file_id ? WITH_AUDIO : WITHOUT);
  }

  /** Why not stands beside the button, and what to mend at its row. */
  async publish() {
    const { editor } = this;
    if (this.isSending) return;
    this.isSending = true;
    write(byId("publish-refusal"), "");
    const edit = editor.edits.publish();
    await editor.change({ ...edit, send: (how) => edit.send(how).catch((error) => this.refused(error)) });
    this.isSending = false;
    if (editor.draft.saved.is_draft || editor.over.signal.aborted) return;
    toast("Published.");
    byId("change").focus();
  }

  /** One draft, however often it is tapped. */
  async change() {
    byId("change").disabled = true;
    await this.editor.newDraft();
    byId("change").disabled = false;
  }

  refused(error) {
    if (error.status === 422 || error.code === "not_publishable") {
      write(byId("publish-refusal"), error.sentence);
      return this.editor.draft.saved;
    }
    throw error;
  }
}
