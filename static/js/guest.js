// The guest's page: search, add, my items with their times, what plays.

import { openAdd } from "./add.js";
import { byId, el, icon, sheet, write } from "./dom.js";
import { enter, link, notHere, queueName } from "./enter.js";
import { Live } from "./live.js";
import { Now } from "./now.js";
import { fillTickets, places } from "./queue.js";
import { Search } from "./search.js";
import { title, waiting } from "./state.js";
import { count, day } from "./text.js";

/** Own tickets on top; more would push the search away. */
const SHOWN = 3;
const queue = queueName();
const summary = await enter(queue);
let me = summary.guest_id;
let openList = null;

const live = new Live(queue, { state: show, link, gone: () => notHere() });
const now = new Now(byId("bar"), live);
new Search(byId("find"), queue, (track) => openAdd(live, track, { added: (item) => { me = item.session_owner; show(); } }));
byId("bar").addEventListener("click", showList);
byId("mine-more").addEventListener("click", showList);
setInterval(() => live.state && showTimes(), 5000);
write(byId("title"), summary.title || queue);

function show() {
  const { state } = live;
  if (!state) return;
  write(byId("title"), title(state, queue));
  write(byId("description"), state.settings.description ?? "");
  write(byId("notice"), notice(state.settings, live.now()));
  now.show();
  showTimes();
}

function showTimes() {
  const rows = places(live, me);
  const mine = rows.filter((row) => row.own);
  fillTickets(byId("mine"), mine.slice(0, SHOWN), live, true, showTimes);
  byId("mine-more").hidden = mine.length <= SHOWN;
  write(byId("mine-more"), `and ${mine.length - SHOWN} more`);
  byId("tickets").hidden = mine.length === 0;
  byId("welcome").hidden = mine.length > 0;
  const others = waiting(live.state).length;
  write(byId("waiting"), others ? `${others} waiting` : "Queue");
  byId("idle").hidden = live.state.session.item_id !== null;
  write(byId("idle"), others ? "The music starts soon" : "Nothing on yet. Be the first!");
  if (openList) fillTickets(openList, rows, live, false, showTimes);
  document.title = `${mine[0]?.place === 1 ? "You are next – " : ""}${title(live.state, queue)}`;
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
