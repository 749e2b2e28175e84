// Why an item stands where it does, in the server's words.

import { get } from "./api.js";
import { el, icon, sheet } from "./dom.js";
import { lookUp } from "./tracks.js";

export function openWhy(queue, item) {
  const list = el("ul", { className: "stack why", role: "status" });
  const refusal = el("p", { className: "refusal", role: "alert" });
  const close = el("button", { className: "round", ariaLabel: "Close", onclick: () => dialog.close() }, icon("close"));
  const title = lookUp(item.track_id, () => {})?.title ?? "";
  const heading = el("h2", { className: "grow", dir: "auto", textContent: `${item.performer_name}: ${title}` });
  const dialog = sheet("Why here?", el("div", { className: "row head" }, heading, close), list, refusal);
  tell(queue, item, list, refusal);
}

async function tell(queue, item, list, refusal) {
  try {
    const { sentences } = await get(`/queue/${queue}/items/${item.id}/why`);
    list.append(...sentences.map((sentence) => el("li", { dir: "auto", textContent: sentence })));
  } catch (error) {
    refusal.textContent = error.sentence;
  }
}
