// The way into a queue's page: its name from the address, its summary, and what stands there when there is none.

import { get, refresh } from "./api.js";
import { byId, el } from "./dom.js";

/** @returns {string} the queue's name, from /queue/NAME/... */
export const queueName = () => decodeURIComponent(location.pathname.split("/")[2] ?? "");

/** The summary, as soon as the server can be reached. Never comes back for a queue that is not there. */
export async function enter(queue, page = "") {
  try {
    const summary = await reached(() => get(`/queue/${queue}/`));
    document.title = [summary.title || queue, page].filter(Boolean).join(" – ");
    return summary;
  } catch (error) {
    return notHere(error.message);
  }
}

/**
 * The answer, as soon as the server can be reached; a refusal that will not pass by itself is thrown.
 * @template T @param {() => Promise<T>} ask @returns {Promise<T>}
 */
export async function reached(ask) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      const answer = await ask();
      link(true);
      return answer;
    } catch (error) {
      if (error.status >= 400 && error.status < 500 && error.status !== 429) throw error;
      link(false);
      await new Promise((done) => setTimeout(done, Math.max(wait, (error.facts?.retry_after ?? 0) * 1000)));
    }
  }
}

/** Shows that the page is offline, and that it tries by itself. */
export function link(online) {
  const banner = byId("banner");
  if (!banner) return;
  banner.textContent = online ? "" : "No connection. Trying again…";
  banner.hidden = online;
  document.body.classList.toggle("offline", !online);
}

/** In place of the page; a promise that never ends, since nothing can follow. */
export function notHere(sentence = "This queue was closed.") {
  link(true);
  return instead(
    el("h1", { textContent: "Nothing here" }),
    el("p", { role: "alert", textContent: sentence }),
    el("a", { className: "button flame", href: "/", textContent: "Find another party" }));
}

/** Whether this is one of `roles`, whose login then stays fresh. */
export async function entersAs(roles, queue, page) {
  let summary = await enter(queue, page);
  if (!roles.includes(summary.role) && (await refresh())) summary = await enter(queue, page);
  document.body.dataset.role = summary.role;
  const may = roles.includes(summary.role);
  if (may) setInterval(refresh, 600_000);
  return { summary, may };
}

/** Lets only these roles on: anybody else gets the login card in place of the page. */
export async function enterAs(roles, queue, page) {
  const { summary, may } = await entersAs(roles, queue, page);
  if (!may) {
    return instead(
      el("h1", { textContent: "For the host" }),
      el("p", { textContent: "This page runs the party, so it asks for the host's link or token." }),
      loginButton("I am the host"),
      el("a", { className: "button", href: `/queue/${queue}/`, textContent: "I am a guest" }));
  }
  return summary;
}

/** What `path` answers to an admin of the server, as soon as it can be reached; anybody else gets the login card. */
export async function enterAsAdmin(path) {
  for (let wait = 1000; ; wait = Math.min(wait * 2, 15_000)) {
    try {
      const answer = await askAsAdmin(path);
      link(true);
      setInterval(refresh, 600_000);
      return answer;
    } catch {
      link(false);
      await new Promise((done) => setTimeout(done, wait));
    }
  }
}

/** What `path` answers; the login card stands here for whoever is no admin, or is none any more. */
export async function askAsAdmin(path) {
  try {
    return await get(path, { signal: AbortSignal.timeout?.(5000) });
  } catch (error) {
    if (error.status === 401 || error.status === 403) return forAdmins();
    throw error;
  }
}

const forAdmins = () => instead(
  el("h1", { textContent: "For the admin" }),
  el("p", { textContent: "This page is about the whole server, so it asks for the admin's link or token." }),
  loginButton("I am the admin"),
  el("a", { className: "button", href: "/", textContent: "To the parties" }));

const loginButton = (text) =>
  el("a", { className: "button flame", href: `/login?next=${encodeURIComponent(location.pathname)}`, textContent: text });

/** @param {...Node} card stands there from now on, and nothing follows */
function instead(...card) {
  document.querySelectorAll("body > :not(main):not(script)").forEach((node) => node.remove());
  document.querySelector("main").replaceWith(el("main", { className: "center" }, ...card));
  return new Promise(() => {});
}
