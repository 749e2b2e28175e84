// The OpenAPI document as a page to search.

import { byId, el, write } from "./dom.js";

const ACCESS = { public: "anybody", open: "anybody", guest: "guests" };
const rows = [];
let api;

try {
  const answer = await fetch("/docs/openapi.json");
  if (!answer.ok) throw new Error(answer.statusText);
  api = await answer.json();
  byId("tags").append(...api.tags.map(section));
  byId("find").addEventListener("input", search);
  search();
  unfoldNamed();
  addEventListener("hashchange", unfoldNamed);
} catch (error) {
  write(byId("refusal"), `The description could not be loaded: ${error.message}`);
}

/** HEAD answers as GET does, without the body: it has no row of its own. */
function section(tag) {
  const made = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([method, operation]) => method !== "head" && operation.tags.includes(tag.name))
      .map(([method, operation]) => row(method.toUpperCase(), path, operation)));
  return el("section", { id: tag.name }, el("h2", {}, tag.name), el("p", { className: "dim" }, tag.description), ...made);
}

function row(method, path, operation) {
  const node = el("details", { className: "operation", id: operation.operationId },
    el("summary", {},
      el("span", { className: "method" }, method),
      el("code", {}, path),
      el("span", { className: "access" }, ACCESS[operation["x-access"]] ?? operation["x-access"]),
      el("span", { className: "words" }, ...prose(operation.summary))));
  node.addEventListener("toggle", () => node.open && node.children.length === 1 && node.append(particulars(operation)));
  rows.push({ node, text: `${method} ${path} ${operation.summary} ${operation.description ?? ""} ${operation["x-access"]}`.toLowerCase() });
  return node;
}

/** Made when a row is first opened: nobody opens them all. */
function particulars(operation) {
  const parameters = operation.parameters.map(resolve);
  return el("div", {},
    operation.description && el("p", {}, ...prose(operation.description)),
    el("p", { className: "dim" }, `For ${operation["x-callers"]}.`),
    list("Parameters", parameters.map((parameter) => [
      `${parameter.name} (${parameter.in})`, [parameter.description, kind(parameter.schema)],
    ])),
    body(operation.requestBody),
    list("Answers", Object.entries(operation.responses).map(([status, answer]) => [
      status === "default" ? "otherwise" : status,
      [resolve(answer).description, Object.keys(resolve(answer).content ?? {}).join(", ")],
    ])));
}

function body(requestBody) {
  if (!requestBody) return null;
  const types = Object.keys(requestBody.content);
  const schema = resolve(requestBody.content[types[0]].schema);
  const required = schema.required ?? [];
  return list(`Body: ${types.join(" or ")}`, Object.entries(schema.properties ?? {}).map(([name, field]) => [
    name, [required.includes(name) ? "required" : "optional", kind(field)],
  ]));
}

function list(title, pairs) {
  if (!pairs.length) return null;
  return el("section", {}, el("h3", {}, title), el("dl", {}, ...pairs.flatMap(([name, said]) =>
    [el("dt", {}, el("code", {}, name)), el("dd", {}, ...prose(said.filter(Boolean).join(" · ")))])));
}

/** Text with `code` in it, as docstrings have it. */
function prose(text) {
  return text.split("`").map((part, place) => (place % 2 ? el("code", {}, part) : part));
}

/** A schema in a few words: `integer 1 – 100`, `string or null, default ""`. */
function kind(schema) {
  const it = resolve(schema);
  const type = it.anyOf?.map(kind).join(" or ") ?? it.enum?.join(" | ") ?? (it.items ? `list of ${kind(it.items)}` : it.type ?? "anything");
  const least = it.minimum ?? it.minLength;
  const most = it.maximum ?? it.maxLength;
  const bounds = least === undefined && most === undefined ? "" : ` ${least ?? ""} – ${most ?? ""}`;
  const unit = it.minLength ?? it.maxLength ? " characters" : "";
  const preset = it.default === undefined || it.default === null ? "" : `, default ${JSON.stringify(it.default)}`;
  return `${type}${bounds}${unit}${preset}`;
}

function resolve(part) {
  return part.$ref ? part.$ref.slice(2).split("/").reduce((place, name) => place[name], api) : part;
}

function search() {
  const words = byId("find").value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const { node, text } of rows) node.hidden = !words.every((word) => text.includes(word));
  for (const part of byId("tags").children) part.hidden = !part.querySelector(".operation:not([hidden])");
  const shown = rows.filter(({ node }) => !node.hidden).length;
  write(byId("found"), shown ? `${shown} of ${rows.length} routes` : "No route has all of these words.");
}

function unfoldNamed() {
  const node = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!node) return;
  if (node.matches("details")) node.open = true;
  node.scrollIntoView();
}
