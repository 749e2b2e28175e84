// What a list told before: compared with now, and brought back.

import { get } from "../api.js";
import { byId, el, fill, sheet, toast, write } from "../dom.js";
import { count, day } from "../text.js";
import { nameOf } from "./rules.js";
import { writeTime } from "./set_times.js";

export class Versions {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.part = byId("versions");
    [this.list, this.refusal] = this.part.querySelectorAll("ol, .refusal");
    this.list.replaceChildren();
    this.part.open = false;
    editor.on("versions", "toggle", () => this.look());
  }

  show() {}

  async look() {
    if (!this.part.open) return;
    write(this.refusal, "");
    try {
      const { versions } = await get(`${this.editor.draft.path}/versions`);
      this.newest = versions[0]?.version;
      if (this.editor.over.signal.aborted) return;
      fill(this.list, versions, ({ version }) => String(version), () => this.make(),
        (node, each) => this.showVersion(node, each));
    } catch (error) {
      write(this.refusal, error.sentence);
    }
  }

  make() {
    const node = el("li", {}, el("span", { className: "grow" }, el("strong"), el("span", { className: "dim" })),
      el("button", { type: "button", onclick: () => this.compare(Number(node.dataset.key)) }, "Compare"));
    return node;
  }

  showVersion(node, { version, is_current: current, created_at: at, track_count: tracks }) {
    const [name, about] = node.firstChild.children;
    write(name, `Version ${version}`);
    write(about, [current ? "as it is now" : day(Date.parse(at), Date.now()), count(tracks, "track")].join(" · "));
    node.lastChild.hidden = current;
    node.lastChild.ariaLabel = `Compare version ${version} with now`;
  }

  async compare(version) {
    try {
      const query = new URLSearchParams({ version1: version, version2: this.newest });
      this.tell(version, await get(`${this.editor.draft.path}/versions/compare?${query}`));
    } catch (error) {
      toast(error.sentence);
    }
  }

  tell(version, { added, removed, modified, total_changes: total }) {
    const lines = [
      ...modified.flatMap(({ old, new: now }) => [line("−", old), line("+", now)]),
      ...removed.map((row) => line("−", row)), ...added.map((row) => line("+", row)),
    ];
    const back = () => {
      dialog.close();
      this.editor.change(this.editor.edits.rollBack(version));
    };
    const again = el("button", { className: "flame", onclick: back }, `Back to version ${version}`);
    const dialog = sheet(`From version ${version} to now`, el("h2", {}, `From version ${version} to now`),
      el("p", { className: "hint" }, total ? `${count(total, "row")} changed.` : "The rows are the same."),
      el("ol", { className: "changes", tabIndex: 0 }, ...lines),
      el("div", { className: "actions" }, el("button", { onclick: () => dialog.close() }, "Close"),
        this.editor.mayEdit ? again : null));
  }
}

const line = (sign, row) => el("li", { className: sign === "+" ? "new" : "old", dir: "auto" },
  el("strong", { ariaLabel: sign === "+" ? "now" : "then" }, sign),
  ` ${row.start_ms === null ? "–" : writeTime(row.start_ms)}  ${nameOf(row)}`);
