// The state of a task or of an item, as a word with its icon.

import { el, icon } from "./dom.js";
import { STATES } from "./tasks.js";

export const stateMark = () => el("span", { className: "state" });

/** @param {HTMLElement} node of `stateMark()` */
export function showState(node, status) {
  if (node.dataset.state === status) return;
  node.dataset.state = status;
  const { word, icon: sign } = STATES[status] ?? { word: status, icon: "more" };
  node.replaceChildren(icon(sign), word);
}
