// Tasks and their items in words, and what an event makes of a list of tasks. Pure.

import { clock, count, length } from "./text.js";

export const EVENTS = ["snapshot", "task.created", "task.updated", "task.completed", "task.canceled", "item.updated"];
export const LIVE = ["queued", "running"];
/** A word and an icon for each state: colour alone tells nobody in a dark room anything. */
export const STATES = {
  queued: { word: "waits", icon: "clock" },
  running: { word: "running", icon: "run" },
  completed: { word: "done", icon: "check" },
  failed: { word: "failed", icon: "alert" },
  canceled: { word: "canceled", icon: "stop" },
};
const NAMES = {
  scan: "Scan of the music", analyze: "Analysis of tracks", refresh_metadata: "Tags read again", rename: "Files renamed",
  export: "The night as files",
};

export const isLive = (task) => LIVE.includes(task.status);
export const name = (task) => NAMES[task.type] ?? task.type;

/**
 * The list after an event, newest first; the same one if it is none of its business. Child tasks stand with their parents.
 * @param {any[]} tasks @param {string} event @param {any} payload @param {(task: any) => boolean} wanted
 */
export function reduce(tasks, event, payload, wanted) {
  if (event === "snapshot") return merge(tasks, payload.tasks, wanted);
  if (event === "item.updated") return tasks;
  const { task_type: type, ...rest } = payload;
  return merge(tasks, [{ ...rest, type }], wanted);
}

/** @param {any[]} tasks @param {any[]} newer */
export function merge(tasks, newer, wanted) {
  const mine = newer.filter((task) => !task.parent_task_id);
  if (!mine.length) return tasks;
  const known = new Map(tasks.map((task) => [task.task_id, task]));
  for (const task of mine) known.set(task.task_id, task);
  return [...known.values()].filter(wanted).sort((a, b) => b.task_id - a.task_id);
}

/** "450 of 2000 steps, 3 failed" */
export function counts({ total_items: total, completed_items: done, failed_items: failed }) {
  const parts = [`${done} of ${count(total, "step")}`];
  if (failed) parts.push(`${failed} failed`);
  return parts.join(", ");
}

/** How fast, and how much longer; how long, when it is over. */
export function pace(task) {
  if (task.status === "queued") return "waits for a worker";
  if (task.status === "running") return [speed(task.rate), left(task.time_left_s)].filter(Boolean).join(", ");
  if (!task.started_at || !task.finished_at) return "";
  return `took ${length(Date.parse(task.finished_at) - Date.parse(task.started_at))}`;
}

const speed = (rate) => (rate >= 1 ? `${Math.round(rate)} a second` : "");

function left(seconds) {
  if (seconds === null || seconds === undefined) return "";
  if (seconds < 60) return `${Math.ceil(seconds)} s left`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min left` : `${Math.round(seconds / 3600)} h left`;
}

/** Who asked for it, and when. */
export function origin({ task_id: id, created_at: at, created_by: by, retry_of: again }) {
  const who = by === "system" ? "by the server" : "by an admin";
  return [`#${id}`, again ? `#${again} again` : who, clock(Date.parse(at))].join(" · ");
}

/** What an item is about, in one line. */
export function label({ payload, index }) {
  const { path, files, track_id: track, queue, name: called } = Object(payload);
  if (path === "*") return "All folders";
  if (track === "*") return "All tracks";
  if (Array.isArray(files) && files.length) return `${count(files.length, "file")}: ${files[0]} …`;
  const words = path || track || queue || called;
  if (typeof words === "string") return words;
  return Object.values(Object(payload)).some(Boolean) ? JSON.stringify(payload) : `Step ${index + 1}`;
}
