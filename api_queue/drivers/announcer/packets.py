"""The packets that a broker reads and writes, without any I/O: OASIS MQTT 3.1.1, chapters 2 and 3."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, UNSUBSCRIBE, UNSUBACK = 1, 2, 3, 4, 8, 9, 10, 11
PINGREQ, PINGRESP, DISCONNECT = 12, 13, 14

LEVEL_311: Final = 4
LEVEL_5: Final = 5
#: Reason of a version 5 CONNACK: "unsupported protocol version" (MQTT 5, table 3-1).
V5_UNSUPPORTED: Final = 0x84

#: The lower four bits of the first byte are fixed for every packet but PUBLISH.
_FLAGS: Final = {CONNECT: 0, PUBACK: 0, SUBSCRIBE: 2, UNSUBSCRIBE: 2, PINGREQ: 0, DISCONNECT: 0}


class ProtocolError(Exception):
    """The peer does not speak MQTT 3.1.1; the standard's answer is to close the connection."""


class VersionError(Exception):
    """A CONNECT of another version: `level` is the byte that names it."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.level = level


@dataclass(frozen=True)
class Message:
    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False

    @cached_property
    def plain(self) -> bytes:
        """The packet for every reader with QoS 0: encoded once, however many they are."""
        return publish(self, 0, retain=False, packet_id=0)


@dataclass(frozen=True)
class Connect:
    client_id: str
    clean_session: bool
    keepalive_s: int
    will: Message | None
    username: str | None
    password: bytes | None


@dataclass(frozen=True)
class Publish:
    message: Message
    packet_id: int


@dataclass(frozen=True)
class Puback:
    packet_id: int


@dataclass(frozen=True)
class Subscribe:
    packet_id: int
    filters: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Unsubscribe:
    packet_id: int
    filters: tuple[str, ...]


@dataclass(frozen=True)
class Pingreq:
    pass


@dataclass(frozen=True)
class Disconnect:
    pass


Packet = Connect | Publish | Puback | Subscribe | Unsubscribe | Pingreq | Disconnect


# -- from bytes ------------------------------------------------------------------------------------------------


def take(buffer: bytearray, limit: int) -> tuple[int, bytes] | None:
    """Cut the first packet off `buffer`: its first byte and its body. None: it has not come in whole.

    A body of more than `limit` bytes is refused by its header, before it is there.
    """
    head = _head(buffer)
    if head is None:
        return None
    start, length = head
    if length > limit:
        raise ProtocolError("larger than allowed")
    if len(buffer) < start + length:
        return None
    first, body = buffer[0], bytes(buffer[start : start + length])
    del buffer[: start + length]
    return first, body


def _head(buffer: bytearray) -> tuple[int, int] | None:
    """Where the body starts, and its length: seven bits a byte, at most four bytes."""
    length = 0
    for index, byte in enumerate(buffer[1:5]):
        length |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:
            return index + 2, length
    if len(buffer) >= 5:
        raise ProtocolError("length of more than four bytes")
    return None


def decode(first: int, body: bytes) -> Packet:
    kind, flags = first >> 4, first & 0x0F
    reader = _Reader(body)
    if kind == PUBLISH:
        return _publish(flags, reader)
    if _FLAGS.get(kind) != flags:
        raise ProtocolError(f"packet type {kind} with flags {flags}")
    packet = _DECODERS[kind](reader)
    reader.expect_end()
    return packet


class _Reader:
    def __init__(self, body: bytes) -> None:
        self._body = body
        self._at = 0

    @property
    def more(self) -> bool:
        return self._at < len(self._body)

    def expect_end(self) -> None:
        if self.more:
            raise ProtocolError("bytes after the end")

    def take(self, size: int) -> bytes:
        taken = self._body[self._at : self._at + size]
        if len(taken) < size:
            raise ProtocolError("ends too early")
        self._at += size
        return taken

    def rest(self) -> bytes:
        return self.take(len(self._body) - self._at)

    def byte(self) -> int:
        return self.take(1)[0]

    def number(self) -> int:
        return int.from_bytes(self.take(2))

    def packet_id(self) -> int:
        if number := self.number():
            return number
        raise ProtocolError("packet id 0")

    def data(self) -> bytes:
        return self.take(self.number())

    def text(self) -> str:
        try:
            text = self.data().decode()
        except UnicodeDecodeError:
            raise ProtocolError("not UTF-8") from None
        if "\0" in text:
            raise ProtocolError("U+0000 in a text")
        return text


def _connect(reader: _Reader) -> Connect:
    name, level = reader.data(), reader.byte()
    if name not in {b"MQTT", b"MQIsdp"}:
        raise ProtocolError("not MQTT")
    if (name, level) != (b"MQTT", LEVEL_311):
        reader.rest()
        raise VersionError(level)
    flags = reader.byte()
    if not _flags_fit(flags):
        raise ProtocolError(f"connect flags {flags}")
    keepalive_s, client_id = reader.number(), reader.text()
    will = _will(flags, reader) if flags & 0x04 else None
    username = reader.text() if flags & 0x80 else None
    password = reader.data() if flags & 0x40 else None
    return Connect(client_id, bool(flags & 0x02), keepalive_s, will, username, password)


def _flags_fit(flags: int) -> bool:
    """Nothing reserved, will flags only with a will, a password only with a user name (3.1.2.3 to 3.1.2.9)."""
    will_fits = flags & 0x18 != 0x18 if flags & 0x04 else not flags & 0x38
    return not flags & 0x01 and will_fits and (not flags & 0x40 or bool(flags & 0x80))


def _will(flags: int, reader: _Reader) -> Message:
    return Message(reader.text(), reader.data(), flags >> 3 & 3, bool(flags & 0x20))


def _publish(flags: int, reader: _Reader) -> Publish:
    qos = flags >> 1 & 3
    if qos == 3:
        raise ProtocolError("QoS 3")
    topic = reader.text()
    packet_id = reader.packet_id() if qos else 0
    return Publish(Message(topic, reader.rest(), qos, bool(flags & 1)), packet_id)


def _subscribe(reader: _Reader) -> Subscribe:
    packet_id = reader.packet_id()
    filters = []
    while reader.more:
        filters.append((reader.text(), reader.byte()))
    if not filters or any(qos > 2 for _, qos in filters):
        raise ProtocolError("no filter, or no such QoS")
    return Subscribe(packet_id, tuple(filters))


def _unsubscribe(reader: _Reader) -> Unsubscribe:
    packet_id = reader.packet_id()
    filters = []
    while reader.more:
        filters.append(reader.text())
    if not filters:
        raise ProtocolError("no filter")
    return Unsubscribe(packet_id, tuple(filters))


_DECODERS: Final[dict[int, Callable[[_Reader], Packet]]] = {
    CONNECT: _connect,
    PUBACK: lambda reader: Puback(reader.packet_id()),
    SUBSCRIBE: _subscribe,
    UNSUBSCRIBE: _unsubscribe,
    PINGREQ: lambda _: Pingreq(),
    DISCONNECT: lambda _: Disconnect(),
}


# -- to bytes --------------------------------------------------------------------------------------------------


def packet(kind: int, flags: int, *parts: bytes) -> bytes:
    length = sum(map(len, parts))
    head = bytearray([kind << 4 | flags])
    while True:
        length, seven = divmod(length, 128)
        head.append(seven | (0x80 if length else 0))
        if not length:
            return b"".join((head, *parts))


def connect(client_id: str, *, clean_session: bool, keepalive_s: int) -> bytes:
    name = client_id.encode()
    rest = bytes([LEVEL_311, clean_session << 1]), keepalive_s.to_bytes(2), len(name).to_bytes(2), name
    return packet(CONNECT, 0, b"\0\4MQTT", *rest)


def connack(code: int, *, session_present: bool = False) -> bytes:
    return packet(CONNACK, 0, bytes([session_present, code]))


def connack_v5(reason: int) -> bytes:
    """Version 5 adds the length of its properties, of which there are none."""
    return packet(CONNACK, 0, bytes([0, reason, 0]))


def publish(message: Message, qos: int, *, retain: bool, packet_id: int) -> bytes:
    topic = message.topic.encode()
    number = packet_id.to_bytes(2) if qos else b""
    return packet(PUBLISH, qos << 1 | retain, len(topic).to_bytes(2), topic, number, message.payload)


def puback(packet_id: int) -> bytes:
    return packet(PUBACK, 0, packet_id.to_bytes(2))


def suback(packet_id: int, codes: list[int]) -> bytes:
    """A code is the granted QoS, or 0x80 for a refusal."""
    return packet(SUBACK, 0, packet_id.to_bytes(2), bytes(codes))


def unsuback(packet_id: int) -> bytes:
    return packet(UNSUBACK, 0, packet_id.to_bytes(2))


def pingresp() -> bytes:
    return packet(PINGRESP, 0)
