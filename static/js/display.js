// The screen of the room: what plays, who is next, how to join. Needs no login and nobody to look after it.

import { byId, el, fill, write } from "./dom.js";
import { Door } from "./door.js";
import { enter, link, notHere, queueName } from "./enter.js";
import { Live } from "./live.js";
import { Lyrics } from "./lyrics.js";
import { Now } from "./now.js";
import { marks, places } from "./queue.js";
import { current, title, waiting } from "./state.js";
import { clock, count } from "./text.js";
import { lookUp } from "./tracks.js";

/** So that no picture burns in, everything wanders a little, one step a minute; in hundredths of the screen. */
const WANDER = [[0, 0], [0.5, 0.2], [0.8, -0.3], [0.2, -0.7], [-0.4, -0.5], [-0.8, 0.1], [-0.4, 0.6], [0, 0.7]];

const queue = queueName();
const summary = await enter(queue, "display");
write(byId("title"), summary.title || queue);
const live = new Live(queue, { state: show, link, gone: waitForIt, event: hear });
const now = new Now(byId("now"), live);
const lyrics = new Lyrics(byId("lyrics").firstElementChild, live, { loaded: makeRoom });
const door = new Door(queue, showJoin);
setInterval(tick, 1000);
setInterval(showNext, 15_000);
tick();
keepAwake();
document.addEventListener("visibilitychange", keepAwake);

function hear(name) {
  if (name === "settings_change") door.load();
}

function show() {
  write(byId("title"), title(live.state, queue));
  const idle = live.state.session.item_id === null;
  byId("now").hidden = idle;
  byId("invite").hidden = !idle;
  byId("screen").classList.toggle("empty", idle && waiting(live.state).length === 0);
  now.show();
  lyrics.show(singable());
  showNext();
}

/** What plays, if it has words. */
function singable() {
  const item = live.state.session.play_state === "stopped" ? null : current(live.state);
  return item && lookUp(item.track_id, show)?.lyrics ? item : null;
}

/** Words without times are not shown: nobody could follow them from across the room. */
function makeRoom() {
  const sings = lyrics.rows.length > 0;
  byId("lyrics").hidden = !sings;
  byId("screen").classList.toggle("sings", sings);
  showNext();
}

function showNext() {
  if (!live.state) return;
  const rows = places(live).filter((row) => row.place > 0);
  const room = byId("lyrics").hidden ? 6 : 2;
  const shown = rows.slice(0, Math.min(live.state.settings.coming_soon_count || rows.length, room));
  fill(byId("next"), shown, (row) => row.item.id, makeRow, showRow);
  write(byId("later"), rows.length > shown.length ? `and ${count(rows.length - shown.length, "more", "more")}` : "");
  byId("next").closest("section").hidden = rows.length === 0;
}

function makeRow() {
  return el("li", { className: "ticket others" },
    el("span", { className: "stub digits" }, el("span"), el("small")),
    el("span", { className: "face" },
      el("strong", { className: "cut", dir: "auto" }), el("span", { className: "cut dim", dir: "auto" })));
}

function showRow(node, row) {
  const { item, at, place } = row;
  const [who, what] = node.querySelectorAll(".cut");
  const said = marks(row, live.state).filter((mark) => mark !== "moved");
  node.classList.toggle("back", said.includes("paused"));
  write(node.querySelector(".stub span"), at === null ? String(place) : clock(at));
  write(node.querySelector("small"), said[0] ?? "");
  write(who, item.performer_name);
  write(what, lookUp(item.track_id, showNext)?.title ?? "…");
}

function tick() {
  const at = live.now();
  write(byId("clock"), clock(at));
  const [x, y] = WANDER[Math.floor(at / 60_000) % WANDER.length];
  byId("screen").style.setProperty("--x", x);
  byId("screen").style.setProperty("--y", y);
}

/** The address may break at each of its slashes. */
function showJoin({ code, url, picture }) {
  if (byId("qr").getAttribute("src") !== picture) byId("qr").src = picture;
  write(byId("address"), url.split("#")[0].replace(/^https?:\/\/|\/$/g, "").replaceAll("/", "/\u200b"));
  byId("code-part").hidden = !code;
  write(byId("code"), code);
}

/** Asks the screen to stay on, where the browser offers it (only over HTTPS or on the machine itself). */
function keepAwake() {
  if (!document.hidden) navigator.wakeLock?.request("screen").catch(() => {});
}

/** A deleted queue may come back under its name; a screen on the wall should then just go on. */
function waitForIt() {
  notHere("This queue was closed.");
  setTimeout(() => location.reload(), 60_000);
}
