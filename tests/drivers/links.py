"""A link under a session that only notes what is written, packet by packet."""

from collections.abc import Callable
from dataclasses import dataclass, field

from api_queue.drivers.announcer import packets
from api_queue.drivers.announcer.broker import Broker
from api_queue.drivers.announcer.packets import Publish
from api_queue.drivers.announcer.session import Session


@dataclass
class Link:
    """`blocked` is the peer that does not read."""

    blocked: bool = False
    written: list[bytes] = field(default_factory=list)
    ending: str = ""

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.ending = self.ending or "closed"

    def abort(self) -> None:
        self.ending = self.ending or "cut off"

    def messages(self) -> list[Publish]:
        """Those it was sent since the last look."""
        buffer = bytearray(b"".join(data for data in self.written if data[0] >> 4 == packets.PUBLISH))
        self.written.clear()
        found = []
        while cut := packets.take(buffer, 1 << 20):
            found.append(packets.decode(*cut))
        return [packet for packet in found if isinstance(packet, Publish)]

    def topics(self) -> list[str]:
        return [packet.message.topic for packet in self.messages()]


Open = Callable[..., tuple[Session, Link]]


def opener(broker: Broker) -> Open:
    """`opener(broker)(*said)`: a session that has said that much."""

    def open_one(*said: bytes) -> tuple[Session, Link]:
        link = Link()
        one = Session(broker, link)
        for data in said:
            one.feed(data)
        return one, link

    return open_one
