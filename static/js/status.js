// /status: how the server is, for its admins.

import { byId, el, fill, write } from "./dom.js";
import { askAsAdmin, enterAsAdmin, link } from "./enter.js";
import { day } from "./text.js";

const EVERY_MS = 5000;
/** Counting takes longer than looking. */
const COUNT_EVERY = 6;
const WORDS = { ok: "Well", warn: "Look at it", bad: "Broken" };
const WHOLE = { ok: "All is well.", warn: "It works; something wants to be looked at.", bad: "Something is broken." };
const COUNTS = {
  Queues: (stats) => stats.queues.total,
  "Songs that wait": (stats) => stats.items.waiting,
  "Played in a day": (stats) => stats.items.played_in_24_h,
  Guests: (stats) => stats.guests,
  Tracks: (stats) => stats.tracks,
  Tracklists: (stats) => stats.tracklists.stored,
  "Running tasks": (stats) => stats.tasks.running ?? 0,
  "Messages that wait": (stats) => stats.messages.available,
  Processes: (stats) => stats.processes.length,
  Version: (stats) => stats.versions.api_queue,
};

let looks = 0;
await enterAsAdmin("/api/v1/admin/audit?limit=1");
await look();
setInterval(() => document.hidden || look(), EVERY_MS);

async function look() {
  try {
    showHealth(await health());
    link(true);
    if (looks++ % COUNT_EVERY) return;
    showCounts(await askAsAdmin("/api/v1/admin/stats"));
    showAudit(await askAsAdmin("/api/v1/admin/audit?limit=20"));
  } catch {
    link(false);
  }
}

/** Where a part is broken the answer is a refusal that says the same. */
async function health() {
  try {
    return await askAsAdmin("/api/v1/admin/health");
  } catch (error) {
    if (error.facts?.components) return error.facts;
    throw error;
  }
}

function showHealth({ status, components }) {
  byId("whole").dataset.status = status;
  write(byId("whole"), WHOLE[status]);
  const order = ["bad", "warn", "ok"];
  const rows = Object.entries(components).map(([part, finding]) => ({ part, ...finding }));
  rows.sort((a, b) => order.indexOf(a.status) - order.indexOf(b.status));
  fill(byId("parts"), rows, (row) => row.part, makePart, showPart);
}

function makePart({ part }) {
  return el("li", {}, el("strong", { textContent: part }), el("span", { className: "level" }),
    el("span", { className: "says" }), el("span", { className: "todo" }));
}

function showPart(node, { status, detail, todo = "" }) {
  node.dataset.status = status;
  const [, level, says, helps] = node.children;
  write(level, WORDS[status]);
  write(says, detail);
  write(helps, todo);
  helps.hidden = !todo;
}

function showCounts(stats) {
  const rows = Object.entries(COUNTS).map(([name, count]) => ({ name, value: String(count(stats)) }));
  const make = ({ name }) => el("div", {}, el("dt", { textContent: name }), el("dd"));
  fill(byId("counts"), rows, (row) => row.name, make, (node, row) => write(node.lastChild, row.value));
}

function showAudit({ lines }) {
  byId("nothing").hidden = lines.length > 0;
  const keyed = lines.map((line, place) => ({ ...line, key: `${line.at} ${place}` }));
  const make = () => el("li", {}, el("strong", { dir: "auto" }), el("span", { className: "dim" }));
  fill(byId("audit"), keyed, (row) => row.key, make, showLine);
}

function showLine(node, { action, at, who, queue }) {
  write(node.firstChild, action);
  write(node.lastChild, [day(Date.parse(at), Date.now()), who && `by ${who}`, queue].filter(Boolean).join(" · "));
}
