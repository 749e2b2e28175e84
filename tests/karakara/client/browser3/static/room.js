// A room, by KaraKara's contract and nothing else: changes go over HTTP, all that is shown comes over MQTT.

import { Broker } from "./mqtt.js";

const COMMANDS = ["play", "stop", "skip", "seek_backwards", "seek_forwards"];
const byId = (id) => document.getElementById(id);
const variants = { video_variant: "Default", subtitle_variant: "Default" };
let settings = {};
let queue = [];
let tracks = {};
let offset_s = 0;

const now_s = () => Date.now() / 1000 + offset_s;
const me = () => /kksid=([a-z0-9-]+)/.exec(document.cookie)?.[1].split("-")[0];

/** Below 500 the status of the answer counts for nothing, only that in its body. */
async function call(method, path, body) {
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`/api/room/${ROOM}/${path}.json`, { method, headers, body: body && JSON.stringify(body) });
  if (answer.status >= 500) throw new Error(`Internal Error: ${answer.statusText}`);
  const told = await answer.json();
  if (!(told.status >= 400)) return told;
  throw new Error(told.message === "queue validation failed" ? told.context.exc : `Internal Error: ${told.message}`);
}

/** Says what went wrong. */
function act(...asked) {
  const say = (text) => (byId("notice").textContent = text);
  call(...asked).then(() => say(""), (error) => say(error.message));
}

async function enter(password) {
  const { is_admin } = await call("POST", "login", { password, create: password !== "" });
  document.body.classList.toggle("host", is_admin);
  showQueue();
}

async function setClock() {
  const asked_s = Date.now() / 1000;
  const server_s = await (await fetch("/api/misc/time.json")).json();
  offset_s = server_s - (asked_s + Date.now() / 1000) / 2;
}

async function loadTracks(version) {
  tracks = await (await fetch(`/files/tracks.json?ver=${version}`)).json();
  byId("add").elements.track_id.replaceChildren(...Object.keys(tracks).map((id) => new Option(titleOf(id), id)));
  showQueue();
}

const titleOf = (id) => tracks[id]?.tags.title?.[0] ?? id;

function showQueue() {
  byId("queue").replaceChildren(...queue.map(row));
}

function row(item, place) {
  const node = document.createElement("li");
  const { id, start_time } = item;
  Object.assign(node.dataset, { id, start: start_time ?? "" });
  const mine = item.session_id === me();
  node.classList.toggle("mine", mine);
  node.classList.toggle("past", start_time !== null && start_time + item.track_duration < now_s());
  const time = start_time === null ? "" : new Date(start_time * 1000).toLocaleTimeString();
  node.append(`${titleOf(item.track_id)} – ${item.performer_name} ${time} `);
  const host = document.body.classList.contains("host");
  if (mine || host) node.append(button("Remove", () => act("DELETE", `queue/${id}`)));
  if (host && place) node.append(button("Up", () => act("PUT", "queue", { source: id, target: queue[place - 1].id })));
  if (host) node.append(button("Last", () => act("PUT", "queue", { source: id, target: -1 })));
  return node;
}

function button(textContent, onclick) {
  const className = textContent.toLowerCase();
  return Object.assign(document.createElement("button"), { type: "button", className, textContent, onclick });
}

/** Every field is sent again, also those that nobody here knows. */
function showSettings() {
  byId("title").textContent = settings.title;
  const fields = Object.entries(settings).map(([name, value]) =>
    Object.assign(document.createElement("input"), { name, value: JSON.stringify(value), ariaLabel: name }));
  byId("settings").firstElementChild.replaceChildren(...fields);
}

const fieldsOf = (form) => Object.fromEntries(new FormData(form));
const onSubmit = (id, does) => byId(id).addEventListener("submit", (event) => {
  event.preventDefault();
  does(fieldsOf(byId(id)));
});

onSubmit("enter", ({ password }) => enter(password));
onSubmit("add", (wish) => act("POST", "queue", { ...wish, ...variants }));
onSubmit("settings", (wish) => act("PUT", "settings",
  Object.fromEntries(Object.entries(wish).map(([name, value]) => [name, JSON.parse(value)]))));
byId("commands").append(...COMMANDS.map((name) => button(name, () => act("GET", `command/${name}`))));

const TOPICS = {
  [`room/${ROOM}/queue`]: (told) => { queue = told; showQueue(); },
  [`room/${ROOM}/settings`]: (told) => { settings = told; showSettings(); },
  "global/tracks-updated": ({ tracks_json_mtime }) => loadTracks(tracks_json_mtime),
};
// A client may be built of workers that are blobs; here one ticks, so that it is seen when the policy forbids it.
const worker = new Worker(URL.createObjectURL(new Blob(["setInterval(() => postMessage(0), 1000)"])));
worker.onmessage = () => (byId("clock").textContent = new Date(now_s() * 1000).toLocaleTimeString());

await Promise.all([setClock(), enter(""), loadTracks(0)]);
new Broker(Object.keys(TOPICS), (topic, value) => TOPICS[topic]?.(value), (on) => (byId("link").textContent = on ? "here" : "away"));
