// The front door: join a queue by its name, or make one and be its host.

import { get, post } from "./api.js";
import { byId } from "./dom.js";

byId("join").addEventListener("submit", (event) => attempt(event, byId("join-says"), join));
byId("make").addEventListener("submit", (event) => attempt(event, byId("make-says"), make));

async function attempt(event, says, does) {
  event.preventDefault();
  const buttons = event.target.querySelectorAll("button");
  says.textContent = "";
  buttons.forEach((button) => (button.disabled = true));
  try {
    location.assign(await does(event.submitter));
  } catch (error) {
    says.textContent = error.sentence ?? error.message;
    event.target.querySelector("input").focus();
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
}

/** Takes a name as people write it, or a pasted address. */
async function join() {
  const typed = byId("name").value.trim();
  const name = (/\/queue\/([^/?#]+)/.exec(typed)?.[1] ?? typed).toLowerCase().replace(/\s+/g, "-");
  if (!name) throw new Error("Type the name of the party. It stands on the screen.");
  const path = `/queue/${encodeURIComponent(name)}/`;
  await get(path);
  return path;
}

async function make(button) {
  const title = byId("title").value.trim();
  const kind = button?.value || "transient";
  const queue = await post("/queue/", { kind, ...(title ? { title } : {}) });
  await post("/auth", { token: queue.host_token });
  return `/queue/${queue.name}/admin`;
}
