// A member's page: their own session, on which device it plays, their queue, and what they like.

import { post } from "./api.js";
import { PLATFORM } from "./device.js";
import { Devices } from "./devices.js";
import { byId, el, memory, toast, write } from "./dom.js";
import { link } from "./enter.js";
import { heart, hearLikes, showHeart } from "./heart.js";
import { List } from "./list.js";
import { Live } from "./live.js";
import { openAccount } from "./me_account.js";
import { enterAsMember } from "./me_door.js";
import { Liked } from "./me_liked.js";
import { Now } from "./now.js";
import { Options } from "./options.js";
import { troubleOf } from "./player_words.js";
import { openSearch } from "./search_sheet.js";
import { copy, Keys } from "./share.js";
import { Sound } from "./sound.js";
import { current, waiting } from "./state.js";
import { TabPlayer } from "./tab_player.js";
import { count } from "./text.js";
import { Transport } from "./transport.js";

const NOTHING = "Nothing is on it yet. Add a track or a whole album, or play what you like.";
const TAP = "Tap to hear it here";
const me = await enterAsMember();
const queue = me.personal_queue;
document.querySelectorAll(".inside").forEach((part) => (part.hidden = false));

const again = () => location.reload();
const live = new Live(queue, { state: heard, link, gone: again, out: again, event: hear });
const now = new Now(document.body, live);
const likes = heart();
byId("plays-on").before(likes);
const player = new TabPlayer(live, { name, mayControl: true, changed: showHere });
const transport = new Transport(live, ["prev", "toggle", "next"]);
const options = new Options(live);
const list = new List(byId("items"), live, true);
const devices = new Devices(live, player);
const liked = new Liked((track_ids, what) => enqueue({ track_ids }, what));
const keys = new Keys(byId("keys"), queue);
byId("role").value = "speaker";
setInterval(() => list.show(), 10_000);
byId("keys-part").addEventListener("toggle", () => byId("keys-part").open && keys.load());
byId("copy-command").addEventListener("click", () => copy(byId("command").textContent));
byId("account").addEventListener("click", () => openAccount(me));
byId("add").addEventListener("click", add);
byId("here").addEventListener("click", playHere);
byId("plays-on").addEventListener("click", hearHere);
player.speaker.ready = await Sound.allowed();
showHere();

function name() {
  return memory.get("aq_player") ?? `Browser on ${PLATFORM}`;
}

/** A seat that was offered already needs only the tap. */
function playHere() {
  return player.begin(() => (player.speaker.offered === null ? player.claim() : undefined));
}

/** The way to the speakers is none when this browser only wants its tap. */
function hearHere(event) {
  if (player.speaker.offered === null) return;
  event.preventDefault();
  playHere();
}

function hear(event, payload) {
  if (event === "snapshot") {
    devices.load();
    liked.load();
  }
  if (event === "device_change") devices.heard(payload.device);
  if (event === "like") {
    hearLikes(payload);
    liked.load();
  }
  player.event(event, payload);
}

function heard(state) {
  const { session } = state;
  const line = waiting(state);
  const item = current(state);
  byId("stage").hidden = !item;
  write(byId("queue-title"), line.length ? `${count(line.length, "track")} waiting` : "My queue");
  write(byId("queue-hint"), line.length || item ? "" : NOTHING);
  write(byId("play-liked"), line.length || item ? "Add all" : "Play all");
  showHeart(likes, item?.track_id);
  now.show();
  transport.show();
  options.show();
  list.show();
  player.heard(state);
  devices.show();
}

/** What this browser does for the music, and where else it comes out. */
function showHere() {
  const { speaker, trouble } = player;
  const session = live.state?.session;
  const quiet = (session?.quiet_until_ms ?? 0) > live.now();
  const offered = speaker.offered !== null;
  byId("here").hidden = speaker.active;
  write(byId("here"), offered ? TAP : "Play here");
  const playing = quiet ? "A moment: the speaker before falls silent." : session?.item_id ? troubleOf(session) : "";
  write(byId("here-says"), speaker.active ? playing : trouble);
  const unheard = session?.play_state === "playing" && !session.active_device_id;
  byId("plays-on").classList.toggle("flame", unheard || offered);
  const where = speaker.active ? "Plays in this browser" : `Plays on ${session?.speaker_name ?? "no speaker yet"}`;
  write(byId("plays-on"), offered ? TAP : unheard ? "Nobody hears it: choose a speaker" : where);
}

function add() {
  openSearch(null, (track) => enqueue({ track_ids: [track.track_id] }, track.title), {
    hearts: true, chooseAlbum: (album) => enqueue({ album }, album),
  });
}

/** What is put on an idle queue begins at once, and here when no speaker is on. */
async function enqueue(batch, what) {
  const idle = !live.state.session.item_id && !waiting(live.state).length;
  if (idle && !devices.anySpeaker) await playHere();
  try {
    await post("/queue/enqueue", batch);
    if (idle) await post(`/sessions/${queue}/play`);
    toast(`${idle ? "Playing" : "Added"}: ${what}`);
  } catch (error) {
    toast(error.sentence);
  }
}
