// What is inside a task: its items, and the tasks that they started.

import { get } from "./api.js";
import { el, fill, write } from "./dom.js";
import { ItemLine } from "./task_item.js";
import { reduce } from "./tasks.js";

const PAGE = 50;

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
    this.only = el("button", { type: "button", className: "quiet", ariaPressed: "false", hidden: true, onclick: () => this.filter() }, "Only what failed");
    this.node = el("div", { className: "inside" }, this.only, this.tasks, this.says, this.list, this.more);
    this.taskChanged(task);
    this.load(0);
  }

  async load(offset) {
    const query = new URLSearchParams({ limit: PAGE, offset });
    if (this.failedOnly) query.set("status", "failed");
    try {
      const answer = await get(`/api/queues/${this.task.task_id}?${query}`);
      this.items = [...this.items.slice(0, offset), ...answer.items];
      this.children = answer.tasks;
      this.full = answer.items.length < PAGE;
      write(this.says, this.items.length || this.children.length ? "" : "There is nothing in it.");
    } catch (error) {
      write(this.says, error.sentence);
    }
    this.show();
  }

  filter() {
    this.failedOnly = !this.failedOnly;
    this.only.ariaPressed = String(this.failedOnly);
    write(this.only, this.failedOnly ? "All items" : "Only what failed");
    this.load(0);
  }

  /** Items that came since are asked for, a second later at the earliest. */
  taskChanged(task) {
    const grown = task.total_items !== this.task.total_items || task.failed_items !== this.task.failed_items;
    this.task = task;
    this.only.hidden = !task.failed_items;
    if (grown && this.full !== false) this.soon ??= setTimeout(() => ((this.soon = null), this.load(0)), 1000);
  }

  hear(event, payload) {
    if (event === "item.updated" && payload.task_id === this.task.task_id) {
      const newer = new Map(payload.items.map((item) => [item.item_id, item]));
      this.items = this.items.map((item) => ({ ...item, ...newer.get(item.item_id) }));
    } else if (payload.parent_task_id === this.task.task_id) {
      const child = { ...payload, parent_task_id: null };
      this.children = reduce(this.children.map((task) => ({ ...task, parent_task_id: null })), event, child, () => true);
    }
    for (const row of this.rows.values()) row.hear(event, payload);
    this.show();
  }

  show() {
    fill(this.tasks, this.children, (task) => String(task.task_id), (task) => this.child(task),
      (_, task) => this.rows.get(task.task_id).show(task));
    fill(this.list, this.items, (item) => String(item.item_id), (item) => new ItemLine(this.task.task_id, item).node,
      (node, item) => node.line.show(item));
    this.more.hidden = this.full !== false;
  }

  child(task) {
    const row = this.rowOf(task);
    this.rows.set(task.task_id, row);
    return row.node;
  }
}
