// /library: the folders of the music, their scan, what cannot be read, and what is in it. For admins.

import { get, post } from "./api.js";
import { byId, el, fill, icon, toast, write } from "./dom.js";
import { askAsAdmin, enterAsAdmin, link } from "./enter.js";
import { Search } from "./search.js";
import { Stream } from "./stream.js";
import { TaskRow } from "./task_row.js";
import { EVENTS, isLive, liveFirst, merge, told } from "./tasks.js";
import { count, day } from "./text.js";
import { openTrack } from "./track_sheet.js";

const makeFolder = () => el("li", {}, icon("folder"), el("strong", { dir: "auto" }), el("span", { className: "dim" }));
const makeFault = () => el("li", {}, el("strong", { dir: "auto" }), el("span", { dir: "auto" }));
const isScan = (task) => task.type === "scan" && !task.parent_task_id;
/** How often what a scan has found so far is looked at. */
const CALM_MS = 2000;
const rows = new Map();
let scans = [];
let soon = null;
let library = await enterAsAdmin("/library");

const search = new Search(byId("find"), null, openTrack);
byId("scan").addEventListener("click", () => scan(() => post("/library/scan"), toast));
byId("add").addEventListener("submit", add);
byId("add").querySelector("button").disabled = false;
byId("copy").addEventListener("click", copy);
show();
new Stream("/events/queues", EVENTS, { hear, link, probe: async () => Boolean(await askAsAdmin("/library")) });

function show() {
  const { folders, totals, faults, last_scan: last } = library;
  scans = merge(scans, last ? [last] : [], isScan);
  write(byId("totals"), totals.files
    ? `${count(totals.tracks, "track")} in ${count(totals.files, "file")}`
    : "No music yet. Add a folder, or put FLAC files into one and scan.");
  fill(byId("folders"), folders, (folder) => folder.path, makeFolder, showFolder);
  byId("faults-part").hidden = !faults.length;
  write(byId("faults-title"), `${count(totals.faults, "file")} cannot be read`);
  write(byId("faults-cut"), faults.length < totals.faults ? `Here are the first ${faults.length}.` : "");
  fill(byId("faults"), faults, (fault) => fault.path, makeFault, showFault);
  showScans();
}

function showScans() {
  const shown = liveFirst(scans).slice(0, 1);
  fill(byId("scans"), shown, (task) => String(task.task_id), makeScan, (_, task) => rows.get(task.task_id).show(task));
  byId("scan").disabled = shown.some(isLive);
}

function makeScan(task) {
  const row = new TaskRow(task);
  rows.set(task.task_id, row);
  return row.node;
}

function showFolder(node, folder) {
  const at = folder.last_scan_at ? `scanned ${day(Date.parse(folder.last_scan_at), Date.now())}` : "not scanned yet";
  const faults = folder.faults ? `${folder.faults} unreadable` : "";
  writePath(node.children[1], folder.path);
  write(node.children[2], [count(folder.tracks, "track"), faults, at].filter(Boolean).join(" · "));
}

function showFault(node, fault) {
  writePath(node.firstChild, fault.path);
  write(node.lastChild, fault.reason);
}

/** Lines of a path end behind its slashes. */
function writePath(node, path) {
  if (node.textContent !== path) node.replaceChildren(...path.match(/[^/]*[/]?/g).flatMap((part) => [part, el("wbr")]));
}

/** A scan changes what is here while it runs; the songs are looked for again when it is over. */
function hear(event, payload) {
  for (const row of rows.values()) row.hear(event, payload);
  if (event === "snapshot") return lookAgain();
  const task = told(event, payload);
  if (!task || !isScan(task)) return undefined;
  scans = merge(scans, [task], isScan);
  showScans();
  if (!isLive(task)) return lookAgain().then(() => search.load(0));
  soon ??= setTimeout(lookAgain, CALM_MS);
  return undefined;
}

async function lookAgain() {
  clearTimeout(soon);
  soon = null;
  try {
    library = await get("/library");
    show();
  } catch { /* the banner tells */ }
}

async function add(event) {
  event.preventDefault();
  const path = byId("path").value.trim();
  if (!path) return refuse("Type the path of a folder as it is on the server, as /mnt/Music/Jazz.");
  refuse("");
  if (await scan(() => post("/library/folders", { path }), refuse)) byId("add").reset();
  return undefined;
}

/** The sentence stands beside the field, which waits for another try. */
function refuse(sentence) {
  write(byId("path-refusal"), sentence);
  byId("path").ariaInvalid = sentence ? "true" : null;
  if (sentence) byId("path").focus();
}

/** @param {() => Promise<any>} ask @param {(sentence: string) => void} tell why it was refused */
async function scan(ask, tell) {
  try {
    await ask();
    toast("The scan has begun.");
    await lookAgain();
    return true;
  } catch (error) {
    tell(error.sentence);
    return false;
  }
}

/** Without a secure context there is no clipboard to write to but by a selection. */
async function copy() {
  const text = library.faults.map(({ path, reason }) => `${path}\t${reason}`).join("\n");
  try {
    await navigator.clipboard.writeText(text);
    toast("Copied.");
  } catch {
    getSelection().selectAllChildren(byId("faults"));
    toast(document.execCommand("copy") ? "Copied." : "It is selected; copy it with the keyboard.");
  }
}
