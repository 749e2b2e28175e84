// The guest's page: search, add, my items with their times, what plays.

import { openAdd } from "./add.js";
import { byId, el, icon, sheet, write } from "./dom.js";
import { enter, link, notHere, queueName } from "./enter.js";
import { hearLikes, heart, showHeart } from "./heart.js";
import { Live } from "./live.js";
import { Now } from "./now.js";
import { fillTickets, places } from "./queue.js";
import { Search } from "./search.js";
import { openLyrics } from "./sing.js";
import { current, title, waiting } from "./state.js";
import { count, day } from "./text.js";
import { lookUp } from "./tracks.js";

/** Own tickets on top; more would push the search away. */
const SHOWN = 3;
const TO_SING = new Set(["queued", "playing"]);
const queue = queueName();
const summary = await enter(queue);
let me = summary.guest_id;
let openList = null;
let lyrics = null;

const live = new Live(queue, { state: show, link, gone: () => notHere(), event: hear });
const now = new Now(byId("bar"), live);
const nowHeart = heart();
byId("bar").after(nowHeart);
const added = (item) => { me = item.session_owner; show(); };
new Search(byId("find"), queue, (track) => openAdd(live, track, { added }), { hearts: true });
byId("bar").addEventListener("click", showList);
byId("mine-more").addEventListener("click", showList);
setInterval(() => live.state && showTimes(), 5000);
write(byId("title"), summary.title || queue);

function hear(name, payload) {
  if (name === "like") hearLikes(payload);
}

function show() {
  const { state } = live;
  if (!state) return;
  write(byId("title"), title(state, queue));
  write(byId("description"), state.settings.description ?? "");
  write(byId("notice"), notice(state.settings, live.now()));
  now.show();
  showHeart(nowHeart, current(state)?.track_id);
  showTimes();
}

function showTimes() {
  const rows = places(live, me);
  const mine = rows.filter((row) => row.own);
  fillTickets(byId("mine"), mine.slice(0, SHOWN), live, true, showTimes);
  byId("mine-more").hidden = mine.length <= SHOWN;
  write(byId("mine-more"), `and ${mine.length - SHOWN} more`);
  byId("tickets").hidden = mine.length === 0;
  showSing(mine);
  byId("welcome").hidden = mine.length > 0;
  const others = waiting(live.state).length;
  write(byId("waiting"), others ? `${others} waiting` : "Queue");
  byId("idle").hidden = live.state.session.item_id !== null;
  write(byId("idle"), others ? "The music starts soon" : "Nothing on yet. Be the first!");
  if (openList) fillTickets(openList, rows, live, false, showTimes);
  document.title = `${mine[0]?.place === 1 ? "You are next – " : ""}${title(live.state, queue)}`;
}

/** The words are one tap away for who sings now or next; they close with the song. */
function showSing(mine) {
  const words = mine.map((row) => ({ ...row, track: lookUp(row.item.track_id, showTimes) }));
  const mic = words.find(({ place, track }) => place <= 1 && track?.lyrics);
  byId("sing").hidden = !mic;
  if (mic) {
    byId("sing").replaceChildren(icon("words"), el("span", { className: "cut", textContent: `Lyrics: ${mic.track.title}` }));
    byId("sing").onclick = () => { lyrics = { id: mic.item.id, dialog: openLyrics(live, mic.item, mic.track) }; };
  }
  if (lyrics && !live.state.items.some(({ id, status }) => id === lyrics.id && TO_SING.has(status))) lyrics.dialog.close();
}

/** Why adding may be refused, said before anybody tries. */
function notice(settings, at) {
  if (summary.muted) return `The host has muted you: ${summary.muted.reason}`;
  const start = Date.parse(settings.event_start ?? "");
  const end = Date.parse(settings.event_end ?? "");
  if (start > at) return `Adding opens at ${day(start, at)}.`;
  if (end < at) return "The party is over. Thank you for the music!";
  return settings.accepting === false ? "The host has closed adding. What is on the queue will still play." : "";
}

function showList() {
  if (!live.state) return;
  openList = el("ol", { className: "stack" });
  const rows = places(live, me);
  const empty = el("p", { className: "dim", textContent: "The queue is empty. Pick a track and it plays next." });
  const close = el("button", { className: "round", ariaLabel: "Close", onclick: () => dialog.close() }, icon("close"));
  const heading = el("h2", { className: "grow", textContent: `${count(waiting(live.state).length, "track")} waiting` });
  fillTickets(openList, rows, live, false, showTimes);
  const dialog = sheet("The queue", el("div", { className: "row head" }, heading, close), rows.length ? openList : empty);
  dialog.addEventListener("close", () => { openList = null; });
}
