// What is pasted, typed, dropped or taken from a file is read as it comes, and becomes a draft when somebody says so.

import { post } from "../api.js";
import { byId, memory, write } from "../dom.js";
import { link } from "../enter.js";
import { readText } from "./file_text.js";
import { showParsed } from "./preview.js";
import { chooseRecording, showRecording } from "./recording.js";

const SOON_MS = 300;
/** A phone drops a page at will, and whoever logs in leaves it. */
const KEPT = ["aq_tracklist", "sessionStorage"];

export class Paste {
  /** @param {(list: any) => void} made */
  constructor(made) {
    this.made = made;
    this.recording = null;
    this.text = byId("text");
    this.text.addEventListener("input", () => this.soon());
    this.text.addEventListener("scroll", () => { byId("gutter").scrollTop = this.text.scrollTop; });
    byId("file").addEventListener("change", ({ target }) => this.take(target.files[0]));
    byId("recording").addEventListener("click", () => chooseRecording((track) => this.choose(track)));
    byId("save").addEventListener("click", () => this.save());
    this.acceptDrops(byId("pasted"));
    this.choose(null);
    this.show(null);
    this.text.value ||= memory.get(...KEPT) ?? "";
    if (this.text.value) this.soon();
  }

  acceptDrops(area) {
    const over = (on) => (event) => { event.preventDefault(); area.classList.toggle("over", on); };
    area.addEventListener("dragover", over(true));
    area.addEventListener("dragleave", over(false));
    area.addEventListener("drop", (event) => {
      over(false)(event);
      const [file] = event.dataTransfer.files;
      if (file) this.take(file);
      else this.put(event.dataTransfer.getData("text"));
    });
  }

  async take(file) {
    try {
      if (file) this.put(await readText(file));
    } catch (error) {
      write(byId("refusal"), error.message);
    }
    byId("file").value = "";
  }

  put(text) {
    this.text.value = text;
    this.text.scrollTop = 0;
    this.parse();
  }

  choose(track) {
    this.recording = track;
    showRecording(byId("recording"), track);
  }

  soon(delay = SOON_MS) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.parse(), delay);
  }

  /** The newest text counts, whatever answer comes last. */
  async parse() {
    clearTimeout(this.timer);
    this.asking?.abort();
    const asking = (this.asking = new AbortController());
    write(byId("refusal"), "");
    const [name, store] = KEPT;
    memory.set(name, this.text.value, store);
    if (!this.text.value.trim()) return this.show(null);
    try {
      this.show(await post("/api/v1/tracklists/parse", this.text.value, { signal: asking.signal }));
      link(true);
    } catch (error) {
      if (error.name !== "AbortError") this.failed(error);
    }
    return undefined;
  }

  /** What passes by itself is tried again by itself. */
  failed(error) {
    link(error.status !== 0);
    if (error.passes) return this.soon((error.facts.retry_after ?? 3) * 1000);
    this.show(null);
    return write(byId("refusal"), error.sentence);
  }

  show(parsed) {
    this.kind = parsed?.kind;
    showParsed(this.text, parsed);
  }

  async save() {
    write(byId("refusal"), "");
    byId("save").disabled = true;
    try {
      await this.parse();
      if (!this.kind) return;
      const chosen = this.recording ? { audio_file_id: this.recording.track_id } : {};
      const made = await post(`/api/v1/tracklists/import/${this.kind}`, { [this.kind]: this.text.value, ...chosen });
      this.put("");
      this.choose(null);
      this.made(made);
    } catch (error) {
      write(byId("refusal"), error.sentence);
    } finally {
      byId("save").disabled = false;
    }
  }
}
