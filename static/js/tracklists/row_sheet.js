// All of one row, in a sheet: names, kind, times; moved, removed, or added.

import { el, sheet, write } from "../dom.js";
import { nameOf, placeAt } from "./rules.js";
import { readTime, writeTime } from "./set_times.js";

const FIELDS = [["artist", "Artist"], ["title", "Title"], ["remix", "Version or remix"], ["label", "Label"]];
const TIMES = [["start_ms", "Begins at"], ["end_ms", "Ends at"]];
const KINDS = [
  ["main", "A track of its own"], ["with", "Played together with the row above"],
  ["component", "Part of the mashup above"],
];

/** @param {import("./editor.js").Editor} editor @param {number|null} position null: a new row */
export function openRow(editor, position) {
  const row = position === null ? { artist: "", title: "", kind: "main" } : editor.list.tracks[position - 1];
  const refusal = el("p", { className: "refusal", role: "alert" });
  const inputs = new Map([
    ...FIELDS.map(([name, words]) => [name, field(words, row[name] ?? "")]),
    ...TIMES.map(([name, words]) => [name, field(words, time(row[name]), "1:02:33.5")]),
  ]);
  const kinds = KINDS.map(([value, words]) => el("option", { value, selected: value === row.kind }, words));
  const kind = el("select", { id: "row-kind" }, ...kinds);
  const heading = position === null ? "Add a row" : `Row ${position}`;
  const form = el("form", { className: "stack", noValidate: true }, ...[...inputs.values()].map(({ node }) => node),
    el("div", {}, el("label", { htmlFor: "row-kind" }, "It is"), kind), refusal,
    el("div", { className: "actions" }, el("button", { type: "button", onclick: () => dialog.close() }, "Close"),
      el("button", { className: "flame" }, position === null ? "Add it" : "Save")));
  const called = position === null ? heading : `${position}. ${nameOf(row)}`;
  const dialog = sheet(heading, el("h2", { dir: "auto" }, called), form,
    position === null ? null : tools(editor, position, () => dialog.close()));
  form.inert = !editor.mayEdit;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const read = readForm(inputs, kind.value);
    write(refusal, read.wrong ?? "");
    if (read.wrong) return;
    dialog.close();
    save(editor, position, read.fields);
  });
}

const time = (ms) => (typeof ms === "number" ? writeTime(ms) : "");

function field(words, value, placeholder = "") {
  const id = `row-${words.replaceAll(" ", "-")}`;
  const input = el("input", { id, value, placeholder, autocomplete: "off", dir: "auto", maxLength: 500 });
  return { words, input, node: el("div", {}, el("label", { htmlFor: id }, words), input) };
}

/** @returns {{fields?: Record<string, any>, wrong?: string}} */
function readForm(inputs, kind) {
  const said = (name) => inputs.get(name).input.value.trim();
  const [artist, title, remix, label] = FIELDS.map(([name]) => said(name));
  const fields = { kind, artist, title, remix: remix || null, label: label || null };
  if (!fields.title) return { wrong: "Type a title; ID stands for a track that nobody knows." };
  for (const [name, words] of TIMES) {
    fields[name] = said(name) ? readTime(said(name)) : null;
    const wrong = `${words}: “${said(name)}” is no time; write 1:02:33.5 or 62:33.`;
    if (said(name) && fields[name] === null) return { wrong };
  }
  const { start_ms: start, end_ms: end } = fields;
  return end !== null && start !== null && end <= start ? { wrong: "It must end after it begins." } : { fields };
}

function save(editor, position, fields) {
  const { list, edits } = editor;
  if (position !== null) change(editor, position, fields);
  else editor.change(edits.add(placeAt(list, fields.start_ms ?? Infinity), fields));
}

/** Only what is new: a time that was estimated stays so. */
function change(editor, position, fields) {
  const row = editor.list.tracks[position - 1];
  const news = Object.fromEntries(Object.entries(fields).filter(([name, value]) => (row[name] ?? null) !== value));
  if (Object.keys(news).length) editor.change(editor.edits.row(position, news));
}

function tools(editor, position, close) {
  const act = (text, does, { className = "", disabled = false } = {}) =>
    el("button", { type: "button", className, disabled, onclick: () => { close(); does(); } }, text);
  const last = editor.list.tracks.length;
  return el("div", { className: "actions", hidden: !editor.mayEdit },
    act("One up", () => editor.rows.move(position, position - 1), { disabled: position === 1 }),
    act("One down", () => editor.rows.move(position, position + 1), { disabled: position === last }),
    act("Remove it", () => editor.change(editor.edits.remove(position)), { className: "danger" }));
}
