// /tracklists: lists are pasted and found here, and the one that the address names after its # is opened.

import { get, refresh } from "../api.js";
import { byId, write } from "../dom.js";
import { link, reached } from "../enter.js";
import { Editor } from "./editor.js";
import { Lists } from "./lists.js";
import { offerOrders } from "./orders.js";
import { Paste } from "./paste.js";

const AUTHORS = ["member", "host", "admin"];
const TITLE = "Tracklists";

const mayWrite = await isAuthor();
if (mayWrite) setInterval(refresh, 600_000);
document.body.dataset.may = mayWrite ? "write" : "read";
byId("door").hidden = mayWrite;
byId("save").hidden = !mayWrite;
const open = (list) => { location.hash = list.id; };
const lists = new Lists();
new Paste(open);
offerOrders(open);
let editor = null;
addEventListener("hashchange", () => show(true));
addEventListener("offline", () => link(false));
addEventListener("online", () => link(true));
await show();

/** A login that has only run out is renewed first. */
async function isAuthor() {
  let { role } = await whoAmI();
  if (!AUTHORS.includes(role) && (await refresh())) ({ role } = await whoAmI());
  document.body.dataset.role = role;
  return AUTHORS.includes(role);
}

/** Nobody we know, while the login is no good. */
async function whoAmI() {
  try {
    return await reached(() => get("/auth/me"));
  } catch (error) {
    if (error.status !== 401) throw error;
    return { role: "guest" };
  }
}

/** @param {boolean} [turned] to another list, which screen readers then hear of */
async function show(turned = false) {
  const { hash } = location;
  editor?.close();
  editor = null;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const list = hash.length > 1 && (await found(hash.slice(1)));
  if (hash !== location.hash) return;
  if (hash && !list) history.replaceState(null, "", location.pathname);
  byId("home").hidden = Boolean(list);
  byId("editor").hidden = byId("back").hidden = !list;
  scrollTo(0, 0);
  if (list) editor = new Editor(list, mayWrite, open);
  else home();
  if (turned) byId("title").focus();
}

/** Null: there is none, and why stands on the page of all of them. */
async function found(id) {
  try {
    return await reached(() => get(`/api/v1/tracklists/${encodeURIComponent(id)}`));
  } catch (error) {
    write(byId("refusal"), error.sentence);
    return null;
  }
}

function home() {
  write(byId("title"), TITLE);
  document.title = TITLE;
  lists.load();
}
