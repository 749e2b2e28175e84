// Somebody else has changed the list meanwhile: both sides are shown, and one is chosen.

import { el, sheet } from "../dom.js";
import { differences, nameOf, otherFacts } from "./rules.js";
import { writeTime } from "./set_times.js";

const FACTS = {
  title: "Title", dj_name: "DJ", event_name: "Event", venue: "Place", date: "Date", audio_file_id: "Recording",
};

/** @returns {Promise<boolean>} whether mine is kept; a closed dialog asks again */
export function askWhich(mine, theirs) {
  return new Promise((chosen) => {
    let choice = null;
    const pick = (keep) => () => { choice = keep; dialog.close(); };
    const dialog = sheet("Somebody else has changed this list", el("h2", {}, "Somebody else has changed this list"),
      el("p", {}, "Here is where yours and theirs differ. Which one is to stay?"),
      table(mine, theirs),
      el("div", { className: "actions" }, el("button", { onclick: pick(false) }, "Take theirs"),
        el("button", { className: "flame", onclick: pick(true) }, "Keep mine")));
    dialog.classList.add("conflict");
    dialog.addEventListener("close", () => chosen(choice ?? askWhich(mine, theirs)));
  });
}

function table(mine, theirs) {
  const cells = [
    ...otherFacts(mine, theirs).map(([name, a, b]) => [FACTS[name], a || "–", b || "–"]),
    ...differences(mine, theirs).map((pair) => [`Row ${pair.position}`, row(pair.mine), row(pair.theirs)]),
  ];
  const head = el("tr", {}, ...["", "Mine", "Theirs"].map((text) => el("th", { scope: "col" }, text)));
  const line = ([where, a, b]) =>
    el("tr", {}, el("th", { scope: "row" }, where), el("td", { dir: "auto" }, a), el("td", { dir: "auto" }, b));
  return el("div", { className: "scroll", tabIndex: 0 },
    el("table", { className: "sides" }, el("thead", {}, head), el("tbody", {}, ...cells.map(line))));
}

function row(track) {
  if (!track) return "not there";
  const times = [track.start_ms, track.end_ms].map((ms) => (typeof ms === "number" ? writeTime(ms) : "–"));
  return `${typeof track.end_ms === "number" ? times.join(" to ") : times[0]}  ${nameOf(track)}`;
}
