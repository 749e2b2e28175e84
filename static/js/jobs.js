// /jobs: what the server works on, for its admins.

import { get, post } from "./api.js";
import { byId, el, fill, sheet, toast, write } from "./dom.js";
import { enterAsAdmin, link } from "./enter.js";
import { Stream } from "./stream.js";
import { TaskRow } from "./task_row.js";
import { EVENTS, isLive, merge, name, reduce } from "./tasks.js";
import { count } from "./text.js";

const PAGE = 30;
const WORKERS_MS = 5000;
const rows = new Map();
let tasks = [];
let total = 0;

const chosen = () => ({ status: byId("status").value, type: byId("type").value });

showWorkers(await enterAsAdmin("/api/queues/worker"));
setInterval(lookAtWorkers, WORKERS_MS);
byId("filter").addEventListener("change", () => load(0));
byId("filter").addEventListener("submit", (event) => event.preventDefault());
byId("more").addEventListener("click", () => load(tasks.length));
byId("clear").addEventListener("click", askToClear);
await load(0);
new Stream("/events/queues", EVENTS, { hear, link, probe: async () => Boolean(await get("/api/queues/ongoing")) });

function wanted(task) {
  const { status, type } = chosen();
  return (!status || task.status === status) && (!type || task.type === type);
}

async function load(offset) {
  const query = new URLSearchParams({ limit: PAGE, offset });
  for (const [key, value] of Object.entries(chosen())) if (value) query.set(key, value);
  try {
    const answer = await get(`/api/queues?${query}`);
    total = answer.total;
    tasks = merge(offset ? tasks : [], answer.tasks, wanted);
    write(byId("refusal"), "");
  } catch (error) {
    write(byId("refusal"), error.sentence);
  }
  show();
}

function hear(event, payload) {
  const before = tasks.length;
  tasks = reduce(tasks, event, payload, wanted);
  total += Math.max(0, tasks.length - before);
  for (const row of rows.values()) row.hear(event, payload);
  show();
}

function show() {
  const line = [...tasks.filter(isLive), ...tasks.filter((task) => !isLive(task))];
  fill(byId("tasks"), line, (task) => String(task.task_id), make, (_, task) => rows.get(task.task_id).show(task));
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

// -- workers -----------------------------------------------------------------------------------------------------

async function lookAtWorkers() {
  try { showWorkers(await get("/api/queues/worker")); } catch { /* the banner tells */ }
}

function showWorkers({ workers }) {
  const busy = workers.filter((worker) => worker.doing.length);
  const doing = [...new Set(workers.flatMap((worker) => worker.doing.map((item) => `#${item.task_id}`)))];
  byId("workers").classList.toggle("none", !workers.length);
  write(byId("workers"), workers.length
    ? `${count(workers.length, "worker")}, ${busy.length ? `busy with ${doing.join(", ")}` : "nothing to do"}.`
    : "No worker is running, so nothing gets done. Start one: python -m api_queue work");
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
