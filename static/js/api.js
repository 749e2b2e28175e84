// One way to the server. A refusal becomes an error that carries the sentence to show.

import { memory } from "./dom.js";
import { clock } from "./text.js";

export class Refusal extends Error {
  /** @param {number} status 0 when nothing was reached @param {Record<string, any>} problem RFC 9457 */
  constructor(status, problem) {
    super(problem.detail || problem.title || "That did not work.");
    this.status = status;
    this.code = problem.code ?? "";
    this.facts = problem;
  }

  /** Whether the same may be done later: nothing was reached, it was too much, or something of the server is away. */
  get passes() {
    return [0, 429, 502, 503, 504].includes(this.status);
  }

  /** The sentence; a long time to wait also as the time of day. */
  get sentence() {
    const seconds = this.facts.retry_after;
    if (this.status !== 429 || !(seconds > 60)) return this.message;
    return `${this.message} Again possible at ${clock(Date.now() + seconds * 1000)}.`;
  }
}

const NO_NETWORK = { code: "offline", detail: "No connection to the party. Check your Wi-Fi and try again." };
const STRANGE = { code: "strange", detail: "The server gave an answer that makes no sense; try again in a moment." };

/** How often a page comes again by itself, before it says that the server has too much to do. */
const PATIENCE = 3;

export const get = (path, options) => call("GET", path, undefined, options);
export const post = (path, body = {}, options = {}) => call("POST", path, body, options);
export const put = (path, body, options) => call("PUT", path, body, options);
export const patch = (path, body, options) => call("PATCH", path, body, options);
export const del = (path, body, options) => call("DELETE", path, body, options);

/**
 * With `key` a write may be sent again after a lost answer, and still happens once; with `rev` it changes that revision
 * or nothing. With `token` it is sent in that token's name and not in the cookies', and `keepalive` lets it outlive the
 * page. A `body` that is a string goes as it is, anything else as JSON.
 */
async function call(method, path, body, { signal, key, rev, token, keepalive } = {}) {
  const headers = { Accept: "application/json" };
  const isText = typeof body === "string";
  if (body !== undefined) headers["Content-Type"] = isText ? "text/plain; charset=utf-8" : "application/json";
  if (key) headers["Idempotency-Key"] = key;
  if (rev !== undefined) headers["If-Match"] = `"${rev}"`;
  if (token) headers.Authorization = `Bearer ${token}`;
  const credentials = token ? "omit" : "same-origin";
  const request = { method, headers, signal, keepalive, credentials, cache: "no-store" };
  if (body !== undefined) request.body = isText ? body : JSON.stringify(body);
  const first = await sendInTime(path, request);
  // After the end of a party the answer has dropped the session's cookie: sent again, it is a new guest's.
  const again = !token && (first.code === "session_ended" || (mayBeStale(first, path) && (await refresh())));
  if (!again) return first.value();
  if (key) headers["Idempotency-Key"] = randomKey();
  return (await send(path, request)).value();
}

/** A server that has too much to do says when to come again, and has done nothing: then the page waits, some times. */
async function sendInTime(path, request) {
  for (let times = 0; ; times++) {
    const answer = await send(path, request);
    if (answer.code !== "overloaded" || times === PATIENCE) return answer;
    await new Promise((done) => setTimeout(done, answer.retryAfter * 1000));
    request.signal?.throwIfAborted();
  }
}

async function send(path, request) {
  let response;
  try {
    response = await fetch(path, request);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refusal(0, NO_NETWORK);
  }
  const text = await response.text();
  const body = parse(text);
  return {
    status: response.status,
    code: body?.code,
    retryAfter: body?.retry_after ?? 0,
    value() {
      if (!response.ok) throw new Refusal(response.status, body ?? STRANGE);
      return body;
    },
  };
}

function parse(text) {
  try { return text ? JSON.parse(text) : null; } catch { return null; }
}

/** A login cookie that ran out looks like a missing login, or like a guest who may not. */
function mayBeStale(answer, path) {
  return (answer.status === 401 || answer.code === "missing_right") && !path.startsWith("/auth");
}

let refreshing = null;
/**
 * New cookies for old ones. Tabs share them, and an old one counts only once: one tab asks, the others wait, and the
 * answer is taken also when the page is left meanwhile.
 */
export function refresh() {
  refreshing ??= refreshOnce().finally(() => (refreshing = null));
  return refreshing;
}

async function refreshOnce() {
  const since = Date.now() - Number(memory.get("aq_refresh") ?? 0);
  if (since >= 0 && since < 8000) {
    await new Promise((done) => setTimeout(done, 1200));
    return true;
  }
  memory.set("aq_refresh", String(Date.now()));
  try {
    const request = { method: "POST", headers: { Accept: "application/json" }, keepalive: true };
    return (await send("/auth/refresh", request)).status === 200;
  } catch {
    return false;
  }
}

/** crypto.randomUUID is missing on a party's plain HTTP; getRandomValues is there. */
export function randomKey() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
