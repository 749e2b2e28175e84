// What is inside a task: its items, and the tasks that they started.

import { get } from "./api.js";
import { el, fill, write } from "./dom.js";
import { ItemLine } from "./task_item.js";
import { merge, told } from "./tasks.js";

const PAGE = 50;
/** Of one request. */
const MOST = 1000;
const CALM_MS = 1000;

export class Inside {
  /** @param {any} task @param {(child: any) => import("./task_row.js").TaskRow} rowOf */
  constructor(task, rowOf) {
    this.task = task;
    this.rowOf = rowOf;
    this.items = [];
    this.children = [];
    this.rows = new Map();
    this.says = el("p", { className: "hint", role: "status", textContent: "One moment…" });
    this.tasks = el("ol", { className: "tasks", ariaLabel: "Tasks of its items" });
    this.list = el("ol", { className: "lines", ariaLabel: "Items" });
    this.more = el("button", { type: "button", textContent: "Show more", hidden: true, onclick: () => this.load(this.items.length) });
    this.only = el("button", { type: "button", ariaPressed: "false", className: "only", textContent: "Only what failed", onclick: () => this.filter() });
    this.node = el("div", { className: "inside" }, this.only, this.tasks, this.says, this.list, this.more);
    this.only.hidden = !task.failed_items;
    this.load(0);
  }

  async load(offset, limit = PAGE) {
    const query = new URLSearchParams({ limit, offset });
    if (this.failedOnly) query.set("status", "failed");
    try {
      const answer = await get(`/api/queues/${this.task.task_id}?${query}`);
      this.items = [...this.items.slice(0, offset), ...answer.items, ...this.items.slice(offset + limit)];
      this.children = answer.tasks;
      write(this.says, this.items.length || this.children.length ? "" : "There is nothing in it.");
    } catch (error) {
      write(this.says, error.sentence);
    }
    this.show();
  }

  filter() {
    this.failedOnly = !this.failedOnly;
    this.only.ariaPressed = String(this.failedOnly);
    this.items = [];
    this.load(0);
  }

  /** How many items there are of those that are looked at. */
  get total() {
    return this.failedOnly ? this.task.failed_items : this.task.total_items;
  }

  /** Items that came since are asked for, and all as they are at the end; a second later, for all that happens in it. */
  taskChanged(task) {
    const before = this.task;
    this.task = task;
    this.only.hidden = !task.failed_items;
    if (["status", "total_items", "failed_items"].some((field) => task[field] !== before[field])) {
      this.soon ??= setTimeout(() => this.again(), CALM_MS);
    }
  }

  again() {
    this.soon = null;
    if (this.node.isConnected) this.load(0, Math.min(Math.max(this.items.length, PAGE), MOST));
  }

  hear(event, payload) {
    for (const row of this.rows.values()) row.hear(event, payload);
    if (event === "item.updated" && payload.task_id === this.task.task_id) this.update(payload.items);
    else if (payload.parent_task_id === this.task.task_id) this.children = merge(this.children, [told(event, payload)], Boolean);
    else return;
    this.show();
  }

  update(newer) {
    const known = new Map(newer.map((item) => [item.item_id, item]));
    this.items = this.items.map((item) => ({ ...item, ...known.get(item.item_id) }));
  }

  show() {
    fill(this.tasks, this.children, (task) => String(task.task_id), (task) => this.child(task),
      (_, task) => this.rows.get(task.task_id).show(task));
    fill(this.list, this.items, (item) => String(item.item_id), (item) => new ItemLine(this.task.task_id, item).node,
      (node, item) => node.line.show(item));
    this.more.hidden = this.items.length >= this.total;
  }

  child(task) {
    const row = this.rowOf(task);
    this.rows.set(task.task_id, row);
    return row.node;
  }
}
