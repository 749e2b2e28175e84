"""What a client sends, written here a second time, so that a mistake in the codec is not made on both sides."""


def _text(text: str | bytes) -> bytes:
    data = text.encode() if isinstance(text, str) else text
    return len(data).to_bytes(2) + data


def packet(first: int, body: bytes) -> bytes:
    length, head = len(body), bytes([first])
    while length >= 128:
        head += bytes([length % 128 | 128])
        length //= 128
    return head + bytes([length]) + body


def connect(
    client_id: str = "c",
    *,
    clean: bool = True,
    keepalive_s: int = 60,
    login: tuple[str, str] | None = None,
    will: tuple[str, bytes] | None = None,
    will_qos: int = 1,
    will_retain: bool = False,
    level: int = 4,
) -> bytes:
    flags = clean << 1 | (0xC0 if login else 0)
    body = _text(client_id)
    if will:
        flags |= 4 | will_qos << 3 | will_retain << 5
        body += _text(will[0]) + _text(will[1])
    for part in login or ():
        body += _text(part)
    properties = b"\0" if level == 5 else b""
    return packet(0x10, _text("MQTT") + bytes([level, flags]) + keepalive_s.to_bytes(2) + properties + body)


def publish(topic: str, payload: bytes, *, qos: int = 0, retain: bool = False, packet_id: int = 1) -> bytes:
    number = packet_id.to_bytes(2) if qos else b""
    return packet(0x30 | qos << 1 | retain, _text(topic) + number + payload)


def subscribe(*filters: tuple[str, int], packet_id: int = 1) -> bytes:
    return packet(0x82, packet_id.to_bytes(2) + b"".join(_text(text) + bytes([qos]) for text, qos in filters))


def unsubscribe(*filters: str, packet_id: int = 1) -> bytes:
    return packet(0xA2, packet_id.to_bytes(2) + b"".join(map(_text, filters)))


PINGREQ, DISCONNECT = packet(0xC0, b""), packet(0xE0, b"")
