// A key or a one-time code becomes cookies. It comes in the fragment, which no server sees, and leaves the address at once.

import { get, post, refresh } from "./api.js";
import { byId, el, write } from "./dom.js";

/** What each role comes for. */
const PAGES = { host: "admin", helper: "admin", admin: "admin", screen: "display", speaker: "player" };
/** A page that needs a login answers with this one, under its own address. */
const inPlace = !location.pathname.startsWith("/login");
const given = new URLSearchParams(location.hash.slice(1));
history.replaceState(null, "", location.pathname + location.search);
byId("login").addEventListener("submit", (event) => {
  event.preventDefault();
  logIn(typed(byId("token").value.trim()));
});
addEventListener("hashchange", () => location.reload());

if (given.get("code")) await logIn({ code: given.get("code") });
else if (given.get("token")) await logIn({ token: given.get("token") });
else if (inPlace && (await renewed())) location.reload();
else ask("With the key that a host gave you.");

/** Whether there was a login that had only run out. */
async function renewed() {
  try {
    return (await refresh()) && (await get("/auth/me")).signed_in;
  } catch {
    return false;
  }
}

/** A key as it is, or a pasted link that carries one. */
function typed(text) {
  const fragment = new URLSearchParams(text.split("#")[1] ?? "");
  if (fragment.get("code")) return { code: fragment.get("code") };
  return { token: fragment.get("token") ?? text };
}

async function logIn(credential) {
  write(byId("refusal"), "");
  if (credential.token === "") return ask("Type the key first.");
  try {
    const { role, queue } = await post("/auth", credential);
    return await goOn(role, queue);
  } catch (error) {
    ask("");
    byId("refusal").textContent = credential.code && error.status === 401
      ? "This link was used already or is too old. Ask for a new one."
      : error.sentence;
    return byId("token").select();
  }
}

/** To where they came from, else to what they may do. */
async function goOn(role, queue) {
  const next = new URLSearchParams(location.search).get("next") ?? "";
  if (/^\/(queue\/[a-z0-9_-]+\/|library$|jobs$|status$|me$)/.test(next)) return location.replace(next);
  if (inPlace) return location.reload();
  if (role === "member") return location.replace("/me");
  if (queue) return location.replace(`/queue/${queue}/${PAGES[role] ?? ""}`);
  if (role !== "admin") return location.replace("/");
  const { queues } = await get("/queue/");
  if (queues.length === 1) return location.replace(`/queue/${queues[0].name}/admin`);
  return choose(queues);
}

function choose(queues) {
  byId("login").hidden = true;
  write(byId("says"), queues.length ? "You are in. Which queue?" : "You are in. There is no queue yet: start one.");
  byId("queues").replaceChildren(...queues.map(({ name, title }) =>
    el("li", {}, el("a", { className: "button", dir: "auto", href: `/queue/${name}/admin`, textContent: title || name }))));
}

function ask(sentence) {
  write(byId("says"), sentence);
  byId("login").hidden = false;
  byId("token").focus();
}
