// One item of a task: a line, and all that is known of it when it is opened.

import { get } from "./api.js";
import { el, write } from "./dom.js";
import { showState, stateMark } from "./state_mark.js";
import { label } from "./tasks.js";
import { lookUp } from "./tracks.js";

export class ItemLine {
  constructor(taskId, item) {
    this.address = `/api/queues/${taskId}/items/${item.item_id}`;
    this.state = stateMark();
    this.label = el("span", { className: "cut", dir: "auto" });
    this.error = el("span", { className: "error", dir: "auto" });
    this.button = el("button", { type: "button", className: "line", ariaExpanded: "false", onclick: () => this.toggle() },
      this.state, el("span", { className: "grow" }, this.label, this.error));
    this.node = el("li", {}, this.button);
    this.node.line = this;
  }

  show(item) {
    showState(this.state, item.status);
    const done = item.status === "running" && item.total ? ` (${item.done} of ${item.total})` : "";
    write(this.label, this.title(item) + done);
    write(this.error, reason(item));
    const changed = this.facts && this.item.status !== item.status;
    this.item = item;
    if (changed) this.read();
  }

  /** A track by the name that people know it by, once that is here. */
  title(item) {
    const words = label(item);
    if (words !== item.payload?.track_id) return words;
    const track = lookUp(words, () => this.show(this.item));
    return track ? [track.title, track.artist].filter(Boolean).join(" – ") : words;
  }

  toggle() {
    const opens = !this.facts;
    this.button.ariaExpanded = String(opens);
    if (opens) {
      this.node.append((this.facts = el("div", { className: "facts" })));
      this.read();
    } else {
      this.facts.remove();
      this.facts = null;
    }
  }

  async read() {
    try {
      const { payload, result, error, logs, attempts } = await get(this.address);
      this.facts?.replaceChildren(...part("Why it failed", error), ...part("Asked for", pretty(payload)),
        ...part("Result", error ? "" : pretty(result)), ...part("Log", logs.join("\n")),
        el("p", { className: "hint", textContent: attempts > 1 ? `Begun ${attempts} times.` : "" }));
    } catch (error) {
      this.facts?.replaceChildren(el("p", { className: "refusal", textContent: error.sentence }));
    }
  }
}

/** Without the path that the line begins with. */
function reason(item) {
  const error = item.error ?? "", about = `${label(item)}: `;
  return error.startsWith(about) ? error.slice(about.length) : error;
}

const pretty = (value) => (value === null || value === undefined ? "" : JSON.stringify(value, null, 2));
const part = (heading, text) => (text ? [el("h3", { textContent: heading }), el("pre", { dir: "auto", textContent: text })] : []);
