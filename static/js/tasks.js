// Tasks and their items in words, and what an event makes of a list of tasks. Pure.

import { count, day } from "./text.js";

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
  scan: "Scan of the music", analyze: "Analysis of tracks", refresh_metadata: "Tags read again", rename: "Names of files",
  export: "The night as files",
};

export const isLive = (task) => LIVE.includes(task.status);
export const name = (task) => NAMES[task.type] ?? task.type;

/** A task as the lists have it, from an event about it; null if it is about none. */
export function told(event, payload) {
  if (event === "snapshot" || event === "item.updated") return null;
  const { task_type: type, ...task } = payload;
  return { ...task, type };
}

/**
 * The list with what is newer, newest task first. What has ended stays ended, whichever answer comes last.
 * @param {any[]} tasks @param {any[]} newer @param {(task: any) => boolean} wanted
 */
export function merge(tasks, newer, wanted) {
  const known = new Map(tasks.map((task) => [task.task_id, task]));
  for (const task of newer) {
    const old = known.get(task.task_id);
    if (!old || isLive(old) || !isLive(task)) known.set(task.task_id, task);
  }
  return [...known.values()].filter(wanted).sort((a, b) => b.task_id - a.task_id);
}

/** What runs, then what waits, then what is over. */
export const liveFirst = (tasks) => [...tasks].sort((a, b) => rank(a) - rank(b));
const rank = ({ status }) => ["running", "queued"].indexOf(status) >>> 0;

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
  return `took ${span((Date.parse(task.finished_at) - Date.parse(task.started_at)) / 1000)}`;
}

const speed = (rate) => (rate >= 1 ? `${Math.round(rate)} a second` : "");
const left = (seconds) => (seconds === null || seconds === undefined ? "" : `${span(seconds)} left`);

/** 0.2 -> "1 s" */
export function span(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.ceil(seconds))} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Who asked for it, and when. */
export function origin({ task_id: id, created_at: at, created_by: by, retry_of: again }, now) {
  const who = by === "system" ? "by the server" : "by an admin";
  return [`#${id}`, again ? `#${again} again` : who, day(Date.parse(at), now)].join(" · ");
}

/** What an item is about, in one line. */
export function label({ payload, index }) {
  const { path, files, track_id: track, queue, name: called } = Object(payload);
  if (path === "*") return "All folders";
  if (track === "*") return "All tracks";
  if (Array.isArray(files) && files.length) return `${count(files.length, "file")} from ${files[0]} on`;
  const words = path || track || queue || called;
  if (typeof words === "string") return words;
  return Object.values(Object(payload)).some(Boolean) ? JSON.stringify(payload) : `Step ${index + 1}`;
}
