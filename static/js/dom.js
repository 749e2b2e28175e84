// The few lines that stand between us and the DOM.

/**
 * @param {string} tag
 * @param {Record<string, any>} [props] properties, attributes, and listeners as `onclick`
 * @param {...(Node|string|null|undefined)} children
 */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (key in node && key !== "list") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export const byId = (id) => document.getElementById(id);

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.append(use);
  return svg;
}

/** Sets text only where it changed, so that a screen reader hears each live region once. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * Makes the children of `list` show `rows`, one each, reusing nodes by key; keyboard focus stays on its row.
 * @param {HTMLElement} list
 * @param {any[]} rows
 * @param {(row: any) => string} keyOf
 * @param {(row: any) => HTMLElement} make
 * @param {(node: HTMLElement, row: any, place: number) => void} show
 */
export function fill(list, rows, keyOf, make, show) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  rows.forEach((row, place) => {
    const key = keyOf(row);
    const node = old.get(key) ?? make(row);
    old.delete(key);
    node.dataset.key = key;
    if (list.children[place] !== node) list.insertBefore(node, list.children[place] ?? null);
    show(node, row, place);
  });
  for (const node of old.values()) node.remove();
  if (focused && focused.isConnected && document.activeElement !== focused) focused.focus();
}

let toastTimer;
/** A short word at the bottom, read out by screen readers. A dialog hides all that is not in it. */
export function toast(text) {
  const above = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document.body;
  let node = above.querySelector(":scope > .toast");
  if (!node) above.append((node = el("div", { className: "toast", role: "status" })));
  node.textContent = text;
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => node.replaceChildren(), 6000);
}

/** Waits for a request and says how it ended: `said`, if anything, or the refusal. Answers whether it was done. */
export async function done(request, said) {
  try {
    await request;
    if (said) toast(said);
    return true;
  } catch (error) {
    toast(error.sentence);
    return false;
  }
}

/** A dialog of this page that is made when it is asked for and gone when it closes. */
export function sheet(label, ...children) {
  const dialog = el("dialog", { "aria-label": label }, ...children);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Storage that a private window may forbid. */
export const memory = {
  get(key, store = "localStorage") {
    try { return window[store].getItem(key); } catch { return null; }
  },
  set(key, value, store = "localStorage") {
    try { window[store].setItem(key, value); } catch { /* it is only a convenience */ }
  },
};
