// The door of /me: who is a member goes in; anybody else logs in, or makes an account.

import { get, post, refresh } from "./api.js";
import { byId, write } from "./dom.js";
import { reached } from "./enter.js";

/** Which field a refusal is about. */
const FIELDS = { bad_username: "username", username_taken: "username" };

/**
 * Who calls, as soon as that is a member, whose login then stays fresh.
 * @returns {Promise<{username: string|null, personal_queue: string}>}
 */
export async function enterAsMember() {
  let me = await whoAmI();
  if (me && !me.personal_queue && (await refresh())) me = await whoAmI();
  if (!me?.personal_queue) me = await atTheDoor(me);
  setInterval(refresh, 600_000);
  return me;
}

/** As soon as the server can be reached; null when what the browser has is no good and could not be renewed. */
async function whoAmI() {
  try {
    return await reached(() => get("/me"));
  } catch (error) {
    if (error.status === 401) return null;
    throw error;
  }
}

/** One form for both. @returns {Promise<any>} who it is then */
function atTheDoor(me) {
  const form = byId("login");
  byId("door").hidden = false;
  if (me?.signed_in) write(byId("replaces"), `This browser is logged in as ${me.role}; logging in here takes its place.`);
  byId("reveal").addEventListener("click", reveal);
  byId("username").focus();
  return new Promise((done) => {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const entered = await attempt(form, event.submitter?.value);
      if (!entered) return;
      byId("door").hidden = true;
      done(entered);
    });
  });
}

async function attempt(form, wish) {
  const buttons = form.querySelectorAll("button");
  buttons.forEach((button) => (button.disabled = true));
  refuse("");
  try {
    return await logIn(byId("username").value.trim(), byId("password").value, wish === "register");
  } catch (error) {
    return refuse(error.sentence, FIELDS[error.code]);
  } finally {
    buttons.forEach((button) => (button.disabled = false));
  }
}

async function logIn(username, password, isNew) {
  if (!username) return refuse("Type your name.", "username");
  if (!password) return refuse("Type your password.");
  if (isNew) await post("/users/register", { username, password });
  await post("/auth", { username, password });
  return get("/me");
}

/** The sentence stands in the form, and the field waits for another try. */
function refuse(sentence, field = "password") {
  write(byId("refusal"), sentence);
  for (const id of ["username", "password"]) byId(id).ariaInvalid = sentence && id === field ? "true" : null;
  if (sentence) byId(field).focus();
  return null;
}

function reveal() {
  const shown = byId("password").type === "password";
  byId("password").type = shown ? "text" : "password";
  byId("reveal").ariaPressed = String(shown);
  write(byId("reveal"), shown ? "Hide" : "Show");
}
