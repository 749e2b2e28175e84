// /library: the folders of the music, their scan, what cannot be read, and what is in it. For admins.

import { get, post } from "./api.js";
import { byId, el, fill, icon, toast, write } from "./dom.js";
import { enterAsAdmin, link } from "./enter.js";
import { Search } from "./search.js";
import { Stream } from "./stream.js";
import { TaskRow } from "./task_row.js";
import { EVENTS, isLive, reduce } from "./tasks.js";
import { count, day } from "./text.js";
import { openTrack } from "./track_sheet.js";

const makeFolder = () => el("li", {}, icon("folder"), el("strong", { dir: "auto" }), el("span", { className: "dim" }));
const isScan = (task) => task.type === "scan";
const rows = new Map();
let scans = [];
let library = await enterAsAdmin("/library");

const search = new Search(byId("find"), null, openTrack);
byId("scan").addEventListener("click", () => scan(() => post("/library/scan")));
byId("add").addEventListener("submit", add);
byId("copy").addEventListener("click", copy);
show();
new Stream("/events/queues", EVENTS, { hear, link, probe: async () => Boolean(await get("/library")) });

function show() {
  const { folders, totals, faults, last_scan: last } = library;
  if (last && !scans.length) scans = [last];
  write(byId("totals"), totals.files
    ? `${count(totals.tracks, "track")} in ${count(totals.files, "file")}`
    : "No music yet. Add a folder, or put FLAC files into one and scan.");
  fill(byId("folders"), folders, (folder) => folder.path, makeFolder, showFolder);
  byId("faults-part").hidden = !faults.length;
  write(byId("faults-title"), `${count(totals.faults, "file")} cannot be read`);
  fill(byId("faults"), faults, (fault) => fault.path, () => el("li", {}, el("strong", { dir: "auto" }), el("span", { dir: "auto" })),
    (node, fault) => {
      write(node.firstChild, fault.path);
      write(node.lastChild, fault.reason);
    });
  showScans();
}

function showScans() {
  const shown = scans.filter(isLive).concat(scans.filter((task) => !isLive(task))).slice(0, 1);
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
  write(node.children[1], folder.path);
  write(node.children[2], [count(folder.tracks, "track"), faults, at].filter(Boolean).join(" · "));
}

/** A scan that ends has changed what is here. */
function hear(event, payload) {
  const before = scans;
  scans = reduce(scans, event, payload, isScan);
  for (const row of rows.values()) row.hear(event, payload);
  if (scans === before) return;
  showScans();
  if (event === "task.completed" || event === "task.canceled") lookAgain();
}

async function lookAgain() {
  try {
    library = await get("/library");
    show();
    search.load(0);
  } catch { /* the banner tells */ }
}

async function add(event) {
  event.preventDefault();
  const path = byId("path").value.trim();
  if (!path) return;
  await scan(() => post("/library/folders", { path }), byId("path-refusal"));
}

/** @param {() => Promise<any>} ask @param {HTMLElement} [refusal] where its sentence stands; a toast otherwise */
async function scan(ask, refusal) {
  if (refusal) write(refusal, "");
  try {
    await ask();
    if (refusal) byId("add").reset();
    toast("The scan has begun.");
    await lookAgain();
  } catch (error) {
    if (refusal) write(refusal, error.sentence);
    else toast(error.sentence);
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
