// The sheet of a member's account: another password, and the ways out.

import { post } from "./api.js";
import { el, sheet, toast, write } from "./dom.js";

/** @param {{username: string|null}} me null: a member by a key, who has no password */
export function openAccount({ username }) {
  const act = (text, does, className) => el("button", { type: "button", textContent: text, className, onclick: does });
  const leave = (everywhere) => logOut(everywhere).catch((error) => toast(error.sentence));
  const dialog = sheet("Account",
    el("h2", { dir: "auto", textContent: username ?? "Logged in by a key" }),
    ...(username ? [passwordForm(username, () => dialog.close())] : []),
    act("Log out", () => leave(false), "flame"), act("Log out everywhere", () => leave(true), "danger"),
    act("Close", () => dialog.close(), "quiet"));
}

async function logOut(everywhere) {
  await post("/auth/logout", { everywhere });
  location.reload();
}

function passwordForm(username, done) {
  const field = (id, text, autocomplete) => {
    const input = el("input", { id, type: "password", autocomplete, required: true });
    return [el("label", { htmlFor: id, textContent: text }), input];
  };
  const old = field("old", "Password now", "current-password");
  const following = field("following", "New password", "new-password");
  const refusal = el("p", { className: "refusal", role: "alert" });
  const name = el("input", { value: username, autocomplete: "username", hidden: true, readOnly: true });
  const form = el("form", { className: "stack" }, name, ...old, ...following, refusal,
    el("button", { textContent: "Change the password" }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await change(username, old[1].value, following[1].value);
      done();
      toast("Your password is changed. All other logins have ended.");
    } catch (error) {
      write(refusal, error.sentence);
    }
  });
  return el("details", {}, el("summary", { textContent: "Change the password" }), form);
}

/** It ends all logins, so this browser logs in anew. */
async function change(username, password, following) {
  await post("/users/password", { username, password, new_password: following });
  await post("/auth", { username, password: following });
}
