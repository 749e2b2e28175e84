// The settings form: only what changed is sent, and what the server refuses is said at its field.

import { put } from "./api.js";
import { el, toast } from "./dom.js";
import { GROUPS, NUMBER, SWITCH } from "./setting_fields.js";

export class Settings {
  /** @param {HTMLFormElement} form */
  constructor(form, queue) {
    this.form = form;
    this.queue = queue;
    form.addEventListener("submit", (event) => this.save(event));
  }

  /** Takes over what the server says, but not over what is being typed. */
  show(settings) {
    if (!this.fields) this.build(settings);
    for (const [key, field] of this.fields) {
      if (!same(settings[key], this.settings?.[key]) || !this.settings) setValue(field, settings[key]);
    }
    this.settings = settings;
  }

  build(settings) {
    this.fields = new Map();
    for (const [legend, rows] of GROUPS) {
      const known = rows.filter(([key]) => key in settings);
      const fields = known.map((row) => this.row(row));
      if (fields.length) this.form.append(el("fieldset", {}, el("legend", { textContent: legend }), ...fields));
    }
    const save = el("button", { className: "flame save", textContent: "Save" });
    this.form.append(el("p", { className: "refusal", role: "alert" }), save);
  }

  row([key, text, kind, hint = ""]) {
    const id = `set-${key}`;
    const described = { "aria-describedby": `${id}-says` };
    const options = Object.entries(kind.options ?? {}).map(([value, words]) => el("option", { value, textContent: words }));
    const looks = { id, name: key, dir: "auto", type: kind.tag ? null : kind.type, ...described };
    const input = el(kind.tag ?? "input", looks, ...options);
    if (kind === NUMBER) Object.assign(input, { step: "any", inputMode: "numeric" });
    const says = el("p", { className: "hint", id: `${id}-says`, textContent: hint });
    this.fields.set(key, { input, kind, says, hint });
    const label = el("label", { htmlFor: id, textContent: text });
    return kind === SWITCH
      ? el("div", { className: "field" }, el("div", { className: "switch" }, input, label), says)
      : el("div", { className: "field" }, label, input, says);
  }

  async save(event) {
    event.preventDefault();
    const changed = {};
    for (const [key, field] of this.fields) {
      this.say(field, "");
      if (!same(getValue(field), this.settings[key])) changed[key] = getValue(field);
    }
    if (!Object.keys(changed).length) return toast("Nothing was changed.");
    this.refuse("");
    try {
      this.show(await put(`/queue/${this.queue}/settings`, changed));
      return toast("Saved.");
    } catch (error) {
      const field = this.fields.get(error.facts.key);
      if (!field) return this.refuse(error.sentence);
      this.say(field, error.sentence);
      return field.input.focus();
    }
  }

  refuse(text) {
    this.form.querySelector(":scope > .refusal").textContent = text;
  }

  say({ input, says, hint }, refusal) {
    says.textContent = refusal || hint;
    says.className = refusal ? "refusal" : "hint";
    input.setAttribute("aria-invalid", String(Boolean(refusal)));
  }
}

const getValue = ({ input, kind }) => (kind === SWITCH ? input.checked : kind.read(input));

function setValue({ input, kind }, value) {
  if (kind === SWITCH) input.checked = Boolean(value);
  else input.value = kind.write(value);
}

/** Equal as settings: the same instant may be written in two ways. */
function same(a, b) {
  if (typeof a === "string" && typeof b === "string" && Date.parse(a) === Date.parse(b)) return true;
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}
