// Joining: by the code on the big screen, or by the address in its picture; at a table or not.

import { post } from "./api.js";
import { el, sheet, toast } from "./dom.js";

/** What the address carried after its `#`, which no server sees; it leaves the address at once. */
export function takeFragment() {
  const given = new URLSearchParams(location.hash.slice(1));
  if (location.hash) history.replaceState(null, "", location.pathname + location.search);
  return { code: given.get("join"), table: given.get("table"), track: given.get("add") };
}

/** Whether this guest may not add before they have joined. */
export const mustJoin = (state, { role, joined }) =>
  state.settings.join === "code" && !joined && (role === "guest" || role === "member");

/** With what the address carried, if it did. */
export async function joinByAddress(queue, you, { code, table }) {
  if (!code && !table) return;
  try {
    await join(queue, you, code, table);
    toast(table ? `You are in, at table ${table}.` : "You are in.");
  } catch (error) {
    toast(error.sentence);
  }
}

async function join(queue, you, code, table) {
  const { guest_id, joined, table: at } = await post(`/queue/${queue}/join`, { ...(code && { code }), ...(table && { table }) });
  you.take({ guest_id, joined, table: at });
}

/** @param {{then?: () => void}} [how] `then`: what the guest was about to do */
export function openJoin(live, you, { then = () => {} } = {}) {
  const code = el("input", {
    id: "join-code", className: "code", required: true, autocomplete: "off", autocapitalize: "characters", maxLength: 12,
    spellcheck: false, enterKeyHint: "go", placeholder: "A1B2C3", "aria-describedby": "join-refusal",
  });
  const table = el("input", { id: "join-table", maxLength: 32, autocomplete: "off", dir: "auto", value: you.facts.table ?? "" });
  const refusal = el("p", { className: "refusal", role: "alert", id: "join-refusal" });
  const form = el("form", { className: "stack" },
    el("label", { htmlFor: code.id, textContent: "The code on the big screen" }), code,
    el("label", { htmlFor: table.id, textContent: "Your table, if there are any" }), table, refusal,
    el("div", { className: "actions" },
      el("button", { type: "button", textContent: "Cancel", onclick: () => dialog.close() }),
      el("button", { className: "flame", textContent: "Join" })));
  const dialog = sheet("Join", el("h2", { textContent: "To add songs, join first" }), form);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refusal.textContent = "";
    try {
      await join(live.queue, you, code.value.trim(), table.value.trim());
      dialog.close();
      then();
    } catch (error) {
      refusal.textContent = error.sentence;
      code.select();
    }
  });
  code.focus();
}
