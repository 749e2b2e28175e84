// Cards for the tables: how to join, on paper, one to a page or four.

import { get, post } from "./api.js";
import { byId, write } from "./dom.js";
import { enterAs, queueName } from "./enter.js";
import { joinAddress } from "./share.js";
import "./print.js";

/** Letters of a title that would not fit on two lines. */
const LONG = 28;
const queue = queueName();
const summary = await enterAs(["host", "admin"], queue, "card");
const first = document.querySelector(".card");
const part = (name) => first.querySelector(name);

write(part(".title"), summary.title || queue);
part(".title").classList.toggle("long", part(".title").textContent.length > LONG);
part(".join").src = `/queue/${queue}/join.svg`;
byId("to-songbook").href = `/queue/${queue}/songbook`;
byId("four").addEventListener("change", lay);
byId("wifi").addEventListener("submit", draw);
const page = new URL(await joinAddress(queue).catch(() => location.href));
write(part(".address"), `${page.host}/queue/${queue}/`);
const { join, code } = await get(`/queue/${queue}/join`);
write(part(".code"), join === "code" ? `Code ${code}` : "");
lay();

/** The first card is the one that is filled in; the others are its copies. */
function lay() {
  const { checked } = byId("four");
  byId("cards").classList.toggle("four", checked);
  byId("cards").replaceChildren(first, ...Array.from({ length: checked ? 3 : 0 }, () => copyOf(first)));
}

function copyOf(card) {
  const copy = card.cloneNode(true);
  copy.setAttribute("aria-hidden", "true");
  return copy;
}

async function draw(event) {
  event.preventDefault();
  const wifi = { ssid: byId("ssid").value, password: byId("password").value };
  write(byId("refusal"), "");
  try {
    if (wifi.ssid) part(".of-wifi img").src = (await post(`/queue/${queue}/card/wifi`, wifi)).image;
    show(wifi);
  } catch (error) {
    write(byId("refusal"), error.sentence);
  }
}

function show({ ssid, password }) {
  part(".of-wifi").hidden = !ssid;
  write(part(".ssid"), ssid);
  write(part(".password"), password);
  lay();
}
