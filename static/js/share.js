// The join code and link, and the keys that a host gives to helpers, speakers and screens.

import { del, get, post } from "./api.js";
import { el, fill, toast, write } from "./dom.js";

const ROLES = [["host", "Host: may do everything here"], ["helper", "Helper: reorders and skips"],
  ["speaker", "Speaker: plays the music"], ["screen", "Screen: shows the queue"]];

/** The address in words is the one in the code: the picture carries it as its title. */
export async function joinAddress(queue) {
  const picture = await (await fetch(`/queue/${queue}/join.svg`)).text();
  return new DOMParser().parseFromString(picture, "image/svg+xml").querySelector("title").textContent;
}

/** Without HTTPS browsers have no clipboard; the old way still works. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const field = el("textarea", { value: text, className: "unseen", readOnly: true });
    (document.querySelector("dialog[open]") ?? document.body).append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    if (!copied) return toast(text);
  }
  return toast("Copied.");
}

export class Keys {
  /** @param {HTMLElement} root @param {string} queue */
  constructor(root, queue) {
    this.queue = queue;
    this.role = el("select", { id: "role" }, ...ROLES.map(([value, text]) => el("option", { value, textContent: text })));
    this.name = el("input", { id: "label", maxLength: 64, dir: "auto", placeholder: "Kitchen" });
    this.fresh = el("div", { className: "stack", role: "status" });
    this.refusal = el("p", { className: "refusal", role: "alert" });
    this.list = el("ul", { className: "stack" });
    const form = el("form", { className: "stack" },
      el("label", { htmlFor: "role", textContent: "A key for" }), this.role,
      el("label", { htmlFor: "label", textContent: "Its name" }), this.name,
      el("button", { textContent: "Make a key" }));
    form.addEventListener("submit", (event) => this.make(event));
    root.append(form, this.refusal, this.fresh, this.list);
  }

  async load() {
    await this.attempt(async () => {
      const { tokens } = await get(`/queue/${this.queue}/tokens`);
      const good = tokens.filter((token) => !token.revoked_at);
      fill(this.list, good, (token) => token.token_id, (token) => this.row(token), () => {});
    });
  }

  async make(event) {
    event.preventDefault();
    await this.attempt(async () => {
      const made = await post(`/queue/${this.queue}/invite`, { role: this.role.value, label: this.name.value.trim() });
      this.showFresh(made);
      this.name.value = "";
      await this.load();
    });
  }

  /** Shown this once: the server keeps only its hash. */
  showFresh({ token, url }) {
    this.fresh.replaceChildren(
      el("p", { className: "hint", textContent: "This key is shown only now." }),
      el("p", { className: "secret", textContent: token }),
      el("div", { className: "row" },
        el("button", { type: "button", className: "grow", textContent: "Copy the key", onclick: () => copy(token) }),
        el("button", { type: "button", className: "grow", textContent: "Copy a login link", onclick: () => copy(url) })));
  }

  row(token) {
    const text = [token.role, token.label].filter(Boolean).join(" – ");
    return el("li", { className: "row" }, el("span", { className: "grow cut", dir: "auto", textContent: text }),
      el("button", { type: "button", ariaLabel: `Revoke ${text}`, textContent: "Revoke", onclick: () => this.revoke(token) }));
  }

  revoke(token) {
    return this.attempt(async () => {
      await del(`/queue/${this.queue}/tokens/${token.token_id}`);
      toast("Revoked.");
      await this.load();
    });
  }

  async attempt(does) {
    write(this.refusal, "");
    try {
      await does();
    } catch (error) {
      write(this.refusal, error.sentence ?? String(error));
    }
  }
}
