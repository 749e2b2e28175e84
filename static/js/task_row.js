// One task of the list: its state, its bar of bulbs, cancel and retry, and its items when it is opened.

import { post } from "./api.js";
import { el, sheet, toast, write } from "./dom.js";
import { showState, stateMark } from "./state_mark.js";
import { Inside } from "./task_items.js";
import { counts, isLive, name, origin, pace } from "./tasks.js";

/** From so many finished items on, canceling is asked for once more. */
const MUCH = 20;

export class TaskRow {
  constructor(task) {
    this.task = task;
    this.state = stateMark();
    this.title = el("strong");
    this.origin = el("span", { className: "dim digits" });
    this.open = el("button", { type: "button", className: "open", ariaExpanded: "false", onclick: () => this.toggle() },
      el("span", { className: "words" }, this.title, this.origin), this.state);
    this.lit = el("i");
    this.bar = el("span", { className: "bulbs", role: "progressbar", ariaValueMin: "0", ariaValueMax: "100" }, this.lit);
    this.counts = el("span", { className: "digits" });
    this.pace = el("span", { className: "dim digits" });
    this.cancel = el("button", { type: "button", textContent: "Cancel", onclick: () => this.askToCancel() });
    this.retry = el("button", { type: "button", textContent: "Try again", onclick: () => this.act("retry", "It runs again.") });
    this.foot = el("div", { className: "foot" }, el("span", { className: "grow" }, this.counts, this.pace), this.cancel, this.retry);
    this.node = el("li", { className: "task" }, this.open, this.bar, this.foot);
    this.show(task);
  }

  show(task) {
    this.task = task;
    this.node.classList.toggle("live", isLive(task));
    showState(this.state, task.status);
    write(this.title, name(task));
    write(this.origin, origin(task, Date.now()));
    write(this.counts, counts(task));
    write(this.pace, pace(task));
    this.lit.style.setProperty("--lit", `${task.percent}%`);
    this.bar.hidden = task.status === "completed";
    this.bar.ariaLabel = `Progress of #${task.task_id}`;
    this.bar.ariaValueNow = String(Math.round(task.percent));
    this.cancel.ariaLabel = `Cancel ${name(task)} #${task.task_id}`;
    this.offer(this.cancel, isLive(task));
    this.offer(this.retry, task.status === "failed" || task.status === "canceled");
    this.inside?.taskChanged(task);
  }

  /** The keyboard's focus stays in the row when its button goes. */
  offer(button, isOffered) {
    if (!isOffered && document.activeElement === button) this.open.focus();
    button.hidden = !isOffered;
  }

  toggle() {
    const opens = this.open.ariaExpanded !== "true";
    this.open.ariaExpanded = String(opens);
    if (opens) this.node.append((this.inside = new Inside(this.task, (child) => new TaskRow(child))).node);
    else {
      this.inside.node.remove();
      this.inside = null;
    }
  }

  hear(event, payload) {
    this.inside?.hear(event, payload);
  }

  askToCancel() {
    if (this.task.completed_items < MUCH) return this.act("cancel", "Canceled.");
    const dialog = sheet("Cancel?", el("h2", { textContent: `Cancel ${name(this.task)}?` }),
      el("p", { textContent: `${counts(this.task)} are done. What is done stays; what waits never starts.` }),
      el("div", { className: "actions" },
        el("button", { textContent: "Let it run", onclick: () => dialog.close() }),
        el("button", { className: "danger", textContent: "Cancel it", onclick: () => (dialog.close(), this.act("cancel", "Canceled.")) })));
    return undefined;
  }

  async act(verb, done) {
    if (this.acting) return;
    this.acting = true;
    try {
      await post(`/api/queues/${this.task.task_id}/${verb}`);
      toast(done);
    } catch (error) {
      toast(error.sentence);
    } finally {
      this.acting = false;
    }
  }
}
