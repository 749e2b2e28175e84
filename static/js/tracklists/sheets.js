// A list as a CUE sheet in each of the formats, with what each costs.

import { get, post } from "../api.js";
import { byId, el, fill, write } from "../dom.js";
import { count } from "../text.js";

const FOR = {
  standard: "Any player", cdj: "Pioneer CDJ", traktor: "Traktor", serato: "Serato", rekordbox: "rekordbox",
  kodi: "Kodi",
};

export class Sheets {
  /** @param {import("./editor.js").Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.part = byId("sheets");
    [this.list, this.refusal] = this.part.querySelectorAll("ul, .refusal");
    this.list.replaceChildren();
    this.part.open = false;
    this.part.hidden = !editor.mayWrite;
    editor.on("sheets", "toggle", () => this.part.open && this.look());
  }

  show(list) {
    if (this.part.open && this.rev !== list.rev && this.editor.draft.isSaved) this.look();
  }

  /** Made and not kept: only what it would cost. */
  async look() {
    const { list } = this.editor;
    this.rev = list.rev;
    write(this.refusal, "");
    try {
      const formats = await get("/api/v1/cue/formats");
      const wish = { tracklist_id: list.id, formats, store_files: false };
      const { results } = await post("/api/v1/cue/generate/batch", wish);
      if (!this.editor.over.signal.aborted) this.tell(results);
    } catch (error) {
      write(this.refusal, error.sentence);
    }
  }

  /** What each of them warns of stands above them once. */
  tell(results) {
    const each = results.filter(({ success }) => success).map(warningsOf);
    const all = (each[0] ?? []).filter((warning) => each.every((warnings) => warnings.includes(warning)));
    write(this.part.querySelector(".hint"), all.join(" "));
    fill(this.list, results, ({ format }) => format, () => this.make(),
      (node, made) => this.showSheet(node, made, warningsOf(made).filter((warning) => !all.includes(warning))));
  }

  make() {
    const node = el("li", {},
      el("span", { className: "grow" },
        el("strong"), el("span", { className: "dim" }), el("ul", { className: "warnings" })),
      el("button", { type: "button", onclick: () => this.download(node.dataset.key) }, "Download"));
    return node;
  }

  showSheet(node, made, said) {
    const [name, about, warnings] = node.firstChild.children;
    const player = FOR[made.format] ?? made.format;
    write(name, player);
    write(about, made.success ? count(made.metadata.track_count, "track") : made.error);
    about.className = made.success ? "dim" : "refusal";
    warnings.replaceChildren(...said.map((warning) => el("li", {}, warning)));
    node.lastChild.disabled = !made.success;
    node.lastChild.ariaLabel = `Download for ${player}`;
  }

  async download(format) {
    write(this.refusal, "");
    try {
      const made = await post(`/api/v1/tracklists/${this.editor.list.id}/generate-cue`, { format });
      const link = el("a", { href: `/api/v1/cue/download/${made.cue_file_id}`, download: made.filename });
      document.body.append(link);
      link.click();
      link.remove();
    } catch (error) {
      write(this.refusal, error.sentence);
    }
  }
}

function warningsOf({ metadata, validation_report: report }) {
  return [...new Set([...(metadata?.notes ?? []), ...(report?.warnings ?? [])].map(ended))];
}

const ended = (sentence) => sentence.replace(/[.]?$/, ".");
