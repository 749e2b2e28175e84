// Lists from elsewhere: from nothing, from what a queue has played, from an address of 1001tracklists.

import { get, post } from "../api.js";
import { byId, done, write } from "../dom.js";
import { fromLocal } from "../text.js";
import { chooseRecording } from "./recording.js";

const LOOK_MS = 1000;
const WORDS = {
  queued: "It waits for its turn; the site is asked one page at a time.", running: "The page is being read…",
};
const BY_HAND = "Or open the page in your browser, save it, and take the file on this page: that always works.";

/** @param {(list: any) => void} made */
export function offerOrders(made) {
  onSubmit("night", async () => made(await post("/api/v1/tracklists/import/history", night())));
  onSubmit("address", async (form) => made(await fetched(form, byId("address-url").value.trim())));
  onSubmit("blank", () => chooseRecording((track) => done(blank(track).then(made))));
}

const blank = ({ track_id: id, title }) =>
  post("/api/v1/tracklists/manual", { audio_file_id: id, title, tracks: [] });

/** What goes wrong stands in the form. */
function onSubmit(name, does) {
  const form = byId(name).querySelector("form");
  const [button, refusal] = [form.querySelector("button"), form.querySelector(".refusal")];
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (refusal) write(refusal, "");
    button.disabled = true;
    try {
      await does(form);
      form.reset();
    } catch (error) {
      if (refusal) write(refusal, error.sentence ?? error.message);
    } finally {
      button.disabled = false;
    }
  });
}

function night() {
  const at = (id) => Date.parse(fromLocal(byId(id).value) ?? "") || null;
  const [since, until] = [at("night-since"), at("night-until")];
  const times = { ...(since && { since_ms: since }), ...(until && { until_ms: until }) };
  return { queue: byId("night-queue").value.trim(), ...times };
}

/** A task of the server; its end is the draft, or why there is none. */
async function fetched(form, url) {
  const [hint, bulbs] = [form.querySelector(".hint"), form.querySelector(".bulbs")];
  bulbs.hidden = false;
  try {
    let order = await post("/api/v1/tracklists/import/1001tracklists?async_processing=true", { url });
    while (["queued", "running"].includes(order.status)) {
      write(hint, WORDS[order.status]);
      await new Promise((looked) => setTimeout(looked, LOOK_MS));
      const status = `/api/v1/tracklists/import/status/${order.correlation_id}`;
      order = await get(status).catch((error) => later(error, order));
    }
    if (!order.tracklist) throw new Error(order.error?.message ?? "The page could not be read.");
    write(hint, "");
    return order.tracklist;
  } catch (error) {
    write(hint, BY_HAND);
    throw error;
  } finally {
    bulbs.hidden = true;
  }
}

/** Without a connection we look again. */
function later(error, order) {
  if (error.status) throw error;
  return order;
}
