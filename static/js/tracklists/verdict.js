// What the server says of the times: beside each row, in one sentence, and what would mend them.

import { get, post } from "../api.js";
import { byId, el, sheet, toast, write } from "../dom.js";
import { count } from "../text.js";

export class Verdict {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.issues = [];
    editor.on("suggest", "click", () => this.offer());
  }

  /** What is wrong with a row; empty: nothing, or nothing that can be changed. */
  of(position) {
    if (!this.editor.draft.saved.is_draft) return "";
    return this.issues.filter((issue) => issue.position === position).map(({ message }) => sentence(message)).join(" ");
  }

  async look() {
    const rows = `${this.editor.draft.path}/tracks`;
    try {
      const both = [post(`${rows}/validate-timing`), get(`${rows}/timing-suggestions`)];
      const [{ issues }, { suggestions }] = await Promise.all(both);
      [this.issues, this.suggestions] = [issues, suggestions];
      this.editor.show();
    } catch (error) {
      if (error.status) toast(error.sentence);
    }
  }

  show({ tracks, is_draft: isDraft }) {
    const rows = new Set(this.issues.map(({ position }) => position)).size;
    const unset = this.issues.filter(({ code }) => code === "no_start").length;
    const parts = [
      unset && `${count(unset, "row has", "rows have")} no start yet`,
      rows > unset && `${count(rows - unset, "time")} to look at`,
    ];
    const said = tracks.length && isDraft ? parts.filter(Boolean).join(", ") || "All times are good" : "";
    byId("verdict").dataset.good = String(!rows && tracks.length > 0);
    write(byId("verdict"), said);
    byId("suggest").hidden = !isDraft || !this.suggestions?.length;
  }

  offer() {
    const take = () => {
      dialog.close();
      this.take(this.suggestions);
    };
    const dialog = sheet("Mend the times", el("h2", {}, "Mend the times"),
      el("ul", { className: "suggestions", tabIndex: 0 },
        ...this.suggestions.map(({ message }) => el("li", {}, message))),
      el("div", { className: "actions" }, el("button", { onclick: () => dialog.close() }, "Leave them"),
        el("button", { className: "flame", onclick: take }, this.suggestions.length > 1 ? "Do all of it" : "Do it")));
  }

  /** Once: what is proposed next is known when this is saved. Rows are removed from the last to the first, so that
      places stay what they were. */
  take(suggestions) {
    const { edits } = this.editor;
    this.suggestions = [];
    const times = new Map();
    for (const { action, position, time_ms: ms } of suggestions) {
      const field = { set_start: "start_ms", set_end: "end_ms" }[action];
      if (field) times.set(position, { ...times.get(position), position, [field]: ms });
    }
    if (times.size) this.editor.change(edits.many([...times.values()]));
    const gone = suggestions.filter(({ action }) => action === "remove").map(({ position }) => position);
    for (const position of gone.sort((a, b) => b - a)) this.editor.change(edits.remove(position));
  }
}

/** Beside its row nobody needs its number: "Row 3 has no start time." -> "It has no start time." */
const sentence = (message) => message.replace(/^Row \d+ /, "It ");
