// MQTT 3.1.1 over a websocket, as far as a reader at QoS 0 needs it, in the manner of KaraKara's clients: a session that
// lasts, topics that are subscribed to once and never again, another connection two seconds after a loss.

const CONNECT = 0x10, PUBLISH = 0x30, SUBSCRIBE = 0x82, PING = 0xc0;
const KEEP_ALIVE_S = 60;
const AGAIN_MS = 2200;

const bytes = (text) => new TextEncoder().encode(text);
const words = (data) => new TextDecoder().decode(data);
const number = (value) => [value >> 8, value & 255];
const string = (text) => [...number(bytes(text).length), ...bytes(text)];

function packet(head, body) {
  const length = [];
  let left = body.length;
  do {
    length.push((left & 127) | (left > 127 ? 128 : 0));
    left >>= 7;
  } while (left);
  return new Uint8Array([head, ...length, ...body]);
}

/** The first packet of `data`: its head, its body and what follows it; null while it is not all there. */
export function read(data) {
  let length = 0;
  for (let at = 1; at < data.length && at < 5; at += 1) {
    length += (data[at] & 127) << (7 * (at - 1));
    if (data[at] > 127) continue;
    const end = at + 1 + length;
    return end > data.length ? null : { head: data[0], body: data.subarray(at + 1, end), rest: data.subarray(end) };
  }
  return null;
}

function clientId() {
  let id = sessionStorage.getItem("mqtt");
  if (!id) sessionStorage.setItem("mqtt", (id = `contract--${Math.random().toString(36).slice(2)}`));
  return id;
}

export class Broker {
  /** @param {string[]} topics @param {(topic: string, value: any) => void} hear @param {(on: boolean) => void} link */
  constructor(topics, hear, link) {
    Object.assign(this, { topics, hear, link, subscribed: false });
    setInterval(() => this.socket.readyState === WebSocket.OPEN && this.send(PING, []), (KEEP_ALIVE_S / 2) * 1000);
    this.connect();
  }

  connect() {
    this.data = new Uint8Array();
    this.socket = new WebSocket(`${location.origin.replace("http", "ws")}/api/mqtt`, "mqtt");
    this.socket.binaryType = "arraybuffer";
    const lasting = 0;
    this.socket.onopen = () =>
      this.send(CONNECT, [...string("MQTT"), 4, lasting, ...number(KEEP_ALIVE_S), ...string(clientId())]);
    this.socket.onmessage = ({ data }) => this.take(new Uint8Array(data));
    this.socket.onclose = () => {
      this.link(false);
      setTimeout(() => this.connect(), AGAIN_MS);
    };
  }

  send(head, body) {
    this.socket.send(packet(head, body));
  }

  take(data) {
    this.data = new Uint8Array([...this.data, ...data]);
    for (let found; (found = read(this.data)); this.data = found.rest) this.handle(found);
  }

  handle({ head, body }) {
    if (head === 0x20) this.connected();
    if ((head & 0xf0) !== PUBLISH) return;
    const end = 2 + (body[0] << 8) + body[1];
    this.hear(words(body.subarray(2, end)), JSON.parse(words(body.subarray(end))));
  }

  connected() {
    if (!this.subscribed) this.send(SUBSCRIBE, [...number(1), ...this.topics.flatMap((topic) => [...string(topic), 0])]);
    this.subscribed = true;
    this.link(true);
  }
}
