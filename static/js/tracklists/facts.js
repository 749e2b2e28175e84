// Who played it, where and when.

import { byId, el, write } from "../dom.js";

const FIELDS = [
  ["title", "Title"], ["dj_name", "DJ"], ["event_name", "Event"], ["venue", "Place"], ["date", "Date", "date"],
];
const BARE = { maxLength: 500, dir: "auto", autocomplete: "off" };

export class Facts {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.form = byId("facts").querySelector("form");
    this.inputs = FIELDS.map(
      ([name, words, type = "text"]) => [name, words, el("input", { id: `fact-${name}`, type, ...BARE })]);
    this.form.replaceChildren(
      ...this.inputs.map(([, words, input]) => el("div", {}, el("label", { htmlFor: input.id }, words), input)),
      el("button", { className: "author" }, "Save"));
    this.form.addEventListener("submit", (event) => this.save(event), { signal: editor.over.signal });
  }

  show(list) {
    const { mayEdit } = this.editor;
    byId("facts").hidden = !mayEdit && !this.inputs.some(([name]) => list[name]);
    for (const [name, , input] of this.inputs) {
      input.disabled = !mayEdit;
      input.parentNode.hidden = !mayEdit && !list[name];
      if (document.activeElement !== input) input.value = list[name] ?? "";
    }
  }

  save(event) {
    event.preventDefault();
    const facts = Object.fromEntries(this.inputs.map(([name, , input]) => [name, input.value.trim() || null]));
    write(byId("saved"), "");
    document.activeElement?.blur();
    this.editor.change(this.editor.edits.facts(facts));
  }
}
