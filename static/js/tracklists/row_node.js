// One row of a list as it is shown: its time, its names, what is wrong with it, and its tools.

import { el, icon, write } from "../dom.js";
import { nameOf } from "./rules.js";
import { writeTime } from "./set_times.js";

const NUDGES = [
  [-1000, "−1", "1 second earlier"], [-100, "−.1", "a tenth earlier"],
  [100, "+.1", "a tenth later"], [1000, "+1", "1 second later"],
];
const KINDS = { with: "w/", component: "in it" };

/** @param {import("./rows.js").Rows} on hears what is done to it */
export function makeRow(on) {
  const at = () => Number(node.dataset.key);
  const button = (className, content, onclick) => el("button", { type: "button", className, onclick }, content);
  const start = el("input", { className: "start digits", autocomplete: "off", maxLength: 12, enterkeyhint: "done" });
  const nudges = NUDGES.map(([ms, text]) => button("nudge digits", text, () => on.nudge(at(), ms)));
  const hear = button("hear digits", icon("play"), () => on.hear(at()));
  hear.append(el("span"));
  const node = el("li", { className: "item" }, hear,
    el("span", { className: "words" },
      el("strong", { dir: "auto" }), el("span", { className: "dim", dir: "auto" }), el("span", { className: "issue" })),
    el("span", { className: "tools" },
      button("grip", icon("grip"), null), ...nudges.slice(0, 2), start, ...nudges.slice(2)),
    button("more", icon("more"), () => on.more(at())));
  node.addEventListener("focusin", () => on.point(at()));
  node.querySelector(".words").addEventListener("click", () => on.point(at()));
  node.querySelector(".grip").addEventListener("keydown", (event) => on.keyed(event, at()));
  start.addEventListener("change", () => on.set(start, at()));
  start.addEventListener("keydown", (event) => on.typed(event, start, at()));
  return node;
}

/** @param {HTMLElement} node @param {any} row @param {{issue: string, current: boolean, mayHear: boolean}} how */
export function showRow(node, row, { issue, current, mayHear }) {
  const main = row.kind === "main";
  const [hear, start] = [node.querySelector(".hear"), node.querySelector(".start")];
  const [title, about, wrong] = node.querySelector(".words").children;
  const unset = row.start_ms === null;
  for (const kind of Object.keys(KINDS)) node.classList.toggle(kind, row.kind === kind);
  node.classList.toggle("current", current);
  node.classList.toggle("unknown", Boolean(row.is_id));
  write(hear.lastChild, !main ? KINDS[row.kind] : unset ? "–" : writeTime(Math.floor(row.start_ms / 1000) * 1000));
  hear.disabled = !main || unset || !mayHear;
  write(title, nameOf({ ...row, artist: "" }));
  const artist = row.is_id && row.artist === row.title ? "not identified" : row.artist;
  write(about, [artist, row.label && `[${row.label}]`, row.is_estimated && "estimated"].filter(Boolean).join(" · "));
  write(wrong, issue);
  if (document.activeElement !== start) start.value = unset ? "" : writeTime(row.start_ms);
  for (const nudge of node.querySelectorAll(".nudge")) nudge.disabled = unset;
  name(node, row);
}

/** For whoever does not see it, and for who rests a pointer on it. */
function name(node, row) {
  const called = `row ${row.position}, ${nameOf(row)}`;
  const set = (part, text) => Object.assign(node.querySelector(part), { ariaLabel: text, title: text });
  set(".hear", row.start_ms === null ? `No start yet: ${called}` : `Listen at ${writeTime(row.start_ms)}: ${called}`);
  set(".grip", `Move ${called}: drag, or arrow keys`);
  set(".start", `Start of ${called}`);
  set(".more", `Change ${called}`);
  node.querySelectorAll(".nudge").forEach((nudge, at) => {
    nudge.title = NUDGES[at][2];
    nudge.ariaLabel = `${NUDGES[at][2]}: ${called}`;
  });
}
