// The night as files, and what is printed for the tables.

import { byId, el, toast } from "./dom.js";
import { queueName } from "./enter.js";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";

for (const button of byId("night-part").querySelectorAll("[data-file]")) {
  Object.assign(button, { onclick: () => download(button.dataset.file), disabled: false });
}
for (const link of byId("night-part").querySelectorAll("[data-page]")) {
  link.href = `/queue/${queueName()}/${link.dataset.page}`;
}

/** A refusal is a word on this page, not a page of its own. */
async function download(file) {
  try {
    const answer = await fetch(`/queue/${queueName()}/night/${file}?${new URLSearchParams({ zone })}`);
    if (!answer.ok) return toast((await answer.json()).detail);
    const address = URL.createObjectURL(await answer.blob());
    el("a", { href: address, download: file }).click();
    return setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch {
    return toast("No connection to the party. Check your Wi-Fi and try again.");
  }
}
