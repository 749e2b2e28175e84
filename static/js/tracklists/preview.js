// What a pasted text would become: its rows, and what was not understood, at the line where it stands.

import { byId, el, write } from "../dom.js";
import { count } from "../text.js";
import { nameOf, titleOf } from "./rules.js";
import { writeTime } from "./set_times.js";

const MOST_LINES = 3000;
const MOST_FINDINGS = 50;
const KINDS = { text: "A text", labels: "Labels", cue: "A CUE sheet", html: "A saved page" };
const WITH = { with: "with", component: "in it" };

/** @param {HTMLTextAreaElement} text @param {{kind: string, tracklist: any, findings: any[]}|null} parsed */
export function showParsed(text, parsed) {
  const { tracks = [] } = parsed?.tracklist ?? {};
  const findings = parsed?.findings ?? [];
  byId("made").hidden = !tracks.length;
  write(byId("parsed"), parsed ? said(parsed) : "");
  byId("preview").replaceChildren(...tracks.map(row));
  showGutter(text, findings);
  byId("findings").replaceChildren(...findings.slice(0, MOST_FINDINGS).map((finding) => found(text, finding)));
}

function said({ kind, tracklist, findings }) {
  const { tracks } = tracklist;
  const timed = tracks.filter(({ start_ms: start }) => start !== null).length;
  const of = titleOf(tracklist);
  const times = timed === tracks.length ? "all with a time" : timed ? `${timed} with a time` : "none with a time yet";
  const wrong = findings.length ? count(findings.length, "line to look at", "lines to look at") : "";
  const parts = [`${KINDS[kind]}: ${of}`, count(tracks.length, "track"), tracks.length ? times : "", wrong];
  return parts.filter(Boolean).join(" · ");
}

const row = (track) => el("li", { className: track.kind },
  el("span", { className: "digits time" }, track.kind === "main" ? time(track.start_ms) : WITH[track.kind]),
  el("span", { dir: "auto", className: track.is_id ? "dim" : "" }, nameOf(track)),
  track.label ? el("small", { className: "dim", dir: "auto" }, track.label) : null);

const time = (ms) => (ms === null ? "–" : writeTime(ms));

/** Numbers beside the lines; those with a finding stand out. */
function showGutter(text, findings) {
  const lines = Math.min(text.value.split("\n").length, MOST_LINES);
  const marked = new Map(findings.map(({ line, severity }) => [line, severity]));
  const numbers = Array.from({ length: Math.max(lines, text.rows) }, (_, at) => {
    const severity = marked.get(at + 1);
    const said = at < lines ? `${at + 1}\n` : "\n";
    return severity ? el("b", { className: severity, textContent: said }) : said;
  });
  byId("gutter").replaceChildren(...numbers);
  byId("gutter").scrollTop = text.scrollTop;
}

/** A tap leads to the line. */
function found(text, { line, severity, message }) {
  const where = line ? `Line ${line}` : "All of it";
  return el("li", { className: severity },
    el("button", { type: "button", onclick: () => select(text, line) },
      el("strong", {}, where), el("span", { dir: "auto" }, message)));
}

function select(text, line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, Math.max(0, line - 1)).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  text.scrollTop = (Math.max(0, line - 3) * text.scrollHeight) / lines.length;
}
