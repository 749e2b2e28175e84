// The host's part about who comes in: the QR code and its link, the join code and a new one, the tables.

import { post } from "./api.js";
import { byId, done, el, fill, write } from "./dom.js";
import { Door } from "./door.js";
import { copy } from "./share.js";
import { count } from "./text.js";

export class Invite {
  constructor(queue) {
    this.door = new Door(queue, (joining) => this.show(joining));
    byId("new-code").onclick = () => done(this.renew(queue), "There is a new code. Who has joined stays.");
  }

  async renew(queue) {
    this.door.take(await post(`/queue/${queue}/join/code`));
  }

  load() {
    this.door.load();
  }

  show({ code, url, picture, tables }) {
    if (byId("qr").getAttribute("src") !== picture) byId("qr").src = picture;
    write(byId("address"), url.split("#")[0]);
    byId("address").href = url;
    byId("copy").onclick = () => copy(url);
    byId("code-part").hidden = !code;
    write(byId("code"), code);
    const rows = Object.entries(tables);
    fill(byId("tables"), rows, ([name]) => name, () => el("li", { className: "pill", dir: "auto" }),
      (node, [name, guests]) => write(node, `Table ${name}: ${count(guests, "guest")}`));
  }
}
