// The guest's page: search, add, my items with their times, what plays.

import { openAdd } from "./add.js";
import { get } from "./api.js";
import { byId, toast, write } from "./dom.js";
import { enter, link, notHere, queueName } from "./enter.js";
import { hearLikes, heart, showHeart } from "./heart.js";
import { joinByAddress, mustJoin, openJoin, takeFragment } from "./join.js";
import { Live } from "./live.js";
import { Now } from "./now.js";
import { Purse } from "./purse.js";
import { ReadyCard } from "./ready.js";
import { Search } from "./search.js";
import { current, title } from "./state.js";
import { day } from "./text.js";
import { Tickets } from "./tickets.js";
import { You } from "./you.js";

const queue = queueName();
const given = takeFragment();
const summary = await enter(queue);

const live = new Live(queue, { state: show, link, gone: () => notHere(), event: hear });
const now = new Now(byId("bar"), live);
const nowHeart = heart();
byId("bar").after(nowHeart);
const you = new You(live, summary, show);
const purse = new Purse(live, you);
const tickets = new Tickets(live, you, new ReadyCard(live));
new Search(byId("find"), queue, choose, { hearts: true });
byId("join").addEventListener("click", () => openJoin(live, you));
write(byId("title"), summary.title || queue);
arrive();
addEventListener("hashchange", () => location.reload());

/** By an address that lets in, or of a track in the song book. */
async function arrive() {
  await joinByAddress(queue, you, given);
  if (!given.track) return;
  try {
    choose(await get(`/tracks/${encodeURIComponent(given.track)}`));
  } catch (error) {
    toast(error.sentence);
  }
}

/** Who has to join first does that, and goes on to what they wanted. */
function choose(track) {
  const add = () => openAdd(live, track, { you });
  if (live.state && mustJoin(live.state, you.facts)) openJoin(live, you, { then: add });
  else add();
}

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
  byId("join").hidden = !mustJoin(state, you.facts);
  you.look();
  purse.show();
  tickets.show();
}

/** Why adding may be refused, said before anybody tries. */
function notice(settings, at) {
  const { muted } = you.facts;
  if (muted) return `The host has muted you: ${muted.reason}`;
  const start = Date.parse(settings.event_start ?? "");
  const end = Date.parse(settings.event_end ?? "");
  if (start > at) return `Adding opens at ${day(start, at)}.`;
  if (end < at) return "The party is over. Thank you for the music!";
  return settings.accepting === false ? "The host has closed adding. What is on the queue will still play." : "";
}
