// /tracklists: lists are pasted and found here, and the one that the address names after its # is opened.

import { get, refresh } from "../api.js";
import { byId, write } from "../dom.js";
import { link } from "../enter.js";
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
  const asks = async () => AUTHORS.includes((await reached(() => get("/auth/me"))).role);
  return (await asks()) || ((await refresh()) && asks());
}

/** The answer, as soon as the server can be reached. */
async function reached(ask) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      const answer = await ask();
      link(true);
      return answer;
    } catch (error) {
      if (error.status === 401) return { role: "guest" };
      if (error.status >= 400 && error.status < 500) throw error;
      link(false);
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** @param {boolean} [turned] to another list, which screen readers then hear of */
async function show(turned = false) {
  const id = decodeURIComponent(location.hash.slice(1));
  editor?.close();
  editor = null;
  const list = id && (await found(id));
  if (id !== decodeURIComponent(location.hash.slice(1))) return;
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
    history.replaceState(null, "", location.pathname);
    write(byId("refusal"), error.sentence);
    return null;
  }
}

function home() {
  write(byId("title"), TITLE);
  document.title = TITLE;
  lists.load();
}
