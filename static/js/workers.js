// Who does the work of /jobs: each worker, what it does, and since when.

import { get } from "./api.js";
import { byId, el, fill, write } from "./dom.js";
import { name } from "./tasks.js";
import { count, day } from "./text.js";

const EVERY_MS = 2000;

/** @param {{workers: any[]}} first answer */
export function watchWorkers(first) {
  show(first);
  setInterval(() => document.hidden || look(), EVERY_MS);
}

async function look() {
  try { show(await get("/api/queues/worker")); } catch { /* the banner tells */ }
}

function show({ workers }) {
  const busy = workers.filter((worker) => worker.doing.length).length;
  byId("no-worker").hidden = workers.length > 0;
  byId("workers").hidden = !workers.length;
  write(byId("workers-say"), count(workers.length, "worker") + (busy ? `, ${busy} busy` : ""));
  fill(byId("workers-list"), workers, (worker) => worker.worker, make, showWorker);
}

const make = () => el("li", {}, el("strong", { dir: "auto" }), el("span", { className: "dim" }));

function showWorker(node, { worker, since, doing }) {
  write(node.firstChild, worker);
  const tasks = new Map([...doing].reverse().map((item) => [item.task_id, item]));
  write(node.lastChild, [`works since ${at(since)}`, ...[...tasks.values()].map(work)].join(" · "));
}

/** Of several items of a task the one that was begun first. */
const work = ({ task_id: id, type, since }) => `${name({ type })} #${id}, at a step since ${at(since)}`;
const at = (iso) => day(Date.parse(iso), Date.now());
