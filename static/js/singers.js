// Who sings: a name, and another for each who sings along.

import { el, memory } from "./dom.js";

const NAME = "aq_name";
const MOST = 4;

export class Singers {
  /**
   * @param {boolean} forOthers a host adds for somebody else
   * @param {string[]} known whom the host lets perform; none: everybody
   * @param {() => void} changed
   */
  constructor(forOthers, known, changed) {
    Object.assign(this, { forOthers, changed, fields: [] });
    this.first = this.field("performer", forOthers ? "off" : "nickname");
    this.first.value = forOthers ? "" : (memory.get(NAME) ?? "");
    this.more = el("button", { type: "button", className: "quiet", textContent: "+ somebody", onclick: () => this.another() });
    this.others = el("div", { className: "stack others" });
    this.root = el("div", { className: "stack" },
      el("label", { htmlFor: "performer", textContent: forOthers ? "For whom?" : "Your name" }),
      el("div", { className: "row" }, el("div", { className: "grow" }, this.first), this.more), this.others,
      el("datalist", { id: "known" }, ...known.map((value) => el("option", { value }))));
  }

  field(id, autocomplete) {
    const field = el("input", {
      id, dir: "auto", required: id === "performer", maxLength: 64, enterKeyHint: "send", autocomplete,
      list: "known", "aria-describedby": "add-refusal", oninput: () => this.changed(),
    });
    this.fields.push(field);
    return field;
  }

  another() {
    const field = this.field(`performer-${this.fields.length + 1}`, "off");
    this.others.append(el("label", { htmlFor: field.id, textContent: "Together with" }), field);
    this.more.hidden = this.fields.length === MOST;
    field.focus();
  }

  /** As it stands on the queue: "Ana & Ben". */
  get text() {
    return this.fields.map((field) => field.value.trim()).filter(Boolean).join(" & ");
  }

  remember() {
    if (!this.forOthers) memory.set(NAME, this.first.value.trim());
  }

  mark(invalid) {
    for (const field of this.fields) field.setAttribute("aria-invalid", String(invalid));
  }
}
