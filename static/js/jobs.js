// /jobs: what the server works on, for its admins.

import { get, post } from "./api.js";
import { byId, el, fill, sheet, toast, write } from "./dom.js";
import { askAsAdmin, enterAsAdmin, link } from "./enter.js";
import { Stream } from "./stream.js";
import { TaskRow } from "./task_row.js";
import { EVENTS, isLive, liveFirst, merge, name, told } from "./tasks.js";
import { count } from "./text.js";
import { watchWorkers } from "./workers.js";

const PAGE = 30;
const rows = new Map();
let tasks = [];
let total = 0;
let asking = null;

watchWorkers(await enterAsAdmin("/api/queues/worker"));
byId("filter").addEventListener("change", () => load(0));
byId("filter").addEventListener("submit", (event) => event.preventDefault());
byId("more").addEventListener("click", () => load(tasks.length));
byId("clear").addEventListener("click", askToClear);
new Stream("/events/queues", EVENTS, { hear, link, probe: async () => Boolean(await askAsAdmin("/api/queues/ongoing")) });

/** Children stand inside their parents. */
function wanted(task) {
  const { status, type } = chosen();
  return !task.parent_task_id && (!status || task.status === status) && (!type || task.type === type);
}

const chosen = () => ({ status: byId("status").value, type: byId("type").value });

async function load(offset) {
  asking?.abort();
  asking = new AbortController();
  const filters = Object.entries(chosen()).filter(([, value]) => value);
  const query = new URLSearchParams([["limit", PAGE], ["offset", offset], ...filters]);
  try {
    const answer = await get(`/api/queues?${query}`, { signal: asking.signal });
    const ids = new Set(answer.tasks.map((task) => task.task_id));
    tasks = merge(offset ? tasks : tasks.filter((task) => ids.has(task.task_id)), answer.tasks, wanted);
    total = answer.total;
    write(byId("refusal"), "");
  } catch (error) {
    if (error.name === "AbortError") return;
    write(byId("refusal"), error.sentence);
  }
  show();
}

/** A snapshot has the newest tasks of all kinds: the list asks for those that it shows. */
function hear(event, payload) {
  if (event === "snapshot") return load(0);
  for (const row of rows.values()) row.hear(event, payload);
  const task = told(event, payload);
  if (!task || isFurtherDown(task)) return undefined;
  const before = tasks.length;
  tasks = merge(tasks, [task], wanted);
  total += tasks.length - before;
  return show();
}

/** Over, and older than what has been asked for. */
const isFurtherDown = (task) => tasks.length < total && !isLive(task) && task.task_id < tasks[tasks.length - 1]?.task_id;

function show() {
  fill(byId("tasks"), liveFirst(tasks), (task) => String(task.task_id), make, (_, task) => rows.get(task.task_id).show(task));
  for (const id of rows.keys()) if (!tasks.some((task) => task.task_id === id)) rows.delete(id);
  byId("empty").hidden = tasks.length > 0;
  write(byId("empty"), emptyText());
  byId("more").hidden = tasks.length >= total;
  byId("clear").hidden = !tasks.some((task) => !isLive(task));
  offerTypes();
}

function make(task) {
  const row = new TaskRow(task);
  rows.set(task.task_id, row);
  return row.node;
}

function emptyText() {
  const { status, type } = chosen();
  return status || type
    ? "Nothing of that kind."
    : "Nothing has been done yet. A scan of the music begins in the library; it is shown here while it runs.";
}

/** Kinds that were seen, in words. */
function offerTypes() {
  const select = byId("type");
  const known = new Set([...select.options].map((option) => option.value));
  for (const task of tasks) {
    if (known.has(task.type)) continue;
    known.add(task.type);
    select.append(el("option", { value: task.type, textContent: name(task) }));
  }
}

// -- clearing ----------------------------------------------------------------------------------------------------

function askToClear() {
  const dialog = sheet("Remove what has ended?", el("h2", { textContent: "Remove what has ended?" }),
    el("p", { textContent: "The list forgets all tasks that are over, with their logs. What runs goes on." }),
    el("div", { className: "actions" },
      el("button", { textContent: "Keep them", onclick: () => dialog.close() }),
      el("button", { className: "danger", textContent: "Remove them", onclick: () => (dialog.close(), clear()) })));
}

async function clear() {
  try {
    const { tasks_cleared: cleared } = await post("/api/queues/tasks/clear?scope=history");
    toast(`${count(cleared, "task")} removed.`);
  } catch (error) {
    toast(error.sentence);
  }
  await load(0);
}
