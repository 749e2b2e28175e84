// All lists: drafts, and what is published; with what to do where there is none.

import { get } from "../api.js";
import { byId, done, el, fill, icon, write } from "../dom.js";
import { count, day } from "../text.js";
import { titleOf } from "./rules.js";

const PAGE = 30;
/** More drafts nobody works on. */
const MOST_DRAFTS = 100;
const FROM = {
  "1001tracklists": "from 1001tracklists", manual: "by hand", text: "from a text", labels: "from labels",
  cue: "from a CUE sheet", embedded: "from the file itself", history: "from a night",
};

export class Lists {
  constructor() {
    this.published = [];
    byId("more").addEventListener("click", () => done(this.page(this.published.length)));
  }

  load() {
    return done(Promise.all([this.drafts(), this.page(0)]));
  }

  async drafts() {
    const { tracklists } = await get(`/api/v1/tracklists?is_draft=true&limit=${MOST_DRAFTS}`);
    show("drafts", tracklists);
  }

  async page(offset) {
    const query = new URLSearchParams({ is_draft: false, limit: PAGE, offset });
    const { tracklists, total } = await get(`/api/v1/tracklists?${query}`);
    this.published = [...this.published.slice(0, offset), ...tracklists];
    show("published", this.published);
    byId("more").hidden = this.published.length >= total;
  }
}

function show(name, lists) {
  byId(`no-${name}`).hidden = lists.length > 0;
  fill(byId(name), lists, (list) => list.id, make, showList);
}

const make = (list) => el("li", {}, el("a", { className: "button list", href: `#${list.id}` },
  icon(list.is_draft ? "words" : "check"),
  el("span", { className: "grow" },
    el("strong", { className: "cut", dir: "auto" }), el("span", { className: "dim" }))));

function showList(node, list) {
  const [name, about] = node.querySelectorAll("strong, .dim");
  const when = day(Date.parse(list.updated_at), Date.now());
  const old = list.archived_at ? "replaced by a newer one" : null;
  write(name, titleOf(list));
  write(about, [count(list.track_count, "track"), FROM[list.source], when, old].filter(Boolean).join(" · "));
}
