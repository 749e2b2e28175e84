"""What a guest may say to the broker: they read a few things, write nothing, and are nobody whom it knows.

An operator's own may be one that was never meant for guests: open to its machine alone, and with the lamps of a house
on it. And Mosquitto keeps in memory and on disk what a session that lasts has asked for, however much that is: one
SUBSCRIBE took it fifteen seconds and a hundred megabytes.
"""

import re
from collections.abc import Iterable
from typing import Final

from api_queue.drivers.announcer import packets
from api_queue.drivers.announcer.packets import Connect, ProtocolError, Publish, Subscribe, Unsubscribe
from api_queue.drivers.announcer.session import GUEST_PACKET, LONGEST_CLIENT_ID, MOST_SUBSCRIPTIONS
from api_queue.drivers.announcer.topics import valid_filter

#: Before the client id: a broker lets the newer of two with the same id take the session of the other.
MARK: Final = "karakara-"
#: Packets; each is some microseconds of everybody's time. Readers say much at once only when they confirm.
MOST_AT_ONCE: Final = 1000
#: What the clients ask for. A house may have more below `room`, such as who is in it.
_THEIRS: Final = re.compile(r"room/[^/#]+/(?:queue|settings)|global/tracks-updated")


class GuestPackets:
    """Beside the clients' topics what stands below `prefix`, which is ours, may be read; None: whatever there is."""

    def __init__(self, prefix: str | None) -> None:
        self._ours = "" if prefix is None else f"{prefix}/"
        self._wanted: set[str] = set()
        self._unread = bytearray()

    def passed(self, data: bytes) -> bytes:
        """The packets that have come in whole by now. Raises ProtocolError or VersionError for what may not be said."""
        self._unread += data
        whole = []
        while cut := packets.take(self._unread, GUEST_PACKET):
            whole.append(self._judged(*cut))
            if len(whole) > MOST_AT_ONCE:
                raise ProtocolError("too much at once")
        return b"".join(whole)

    def _judged(self, first: int, body: bytes) -> bytes:
        match packet := packets.decode(first, body):
            case Connect():
                return _connect(packet)
            case Publish():
                raise ProtocolError("guests write nothing")
            case Subscribe():
                self._subscribe(wanted for wanted, _ in packet.filters)
            case Unsubscribe():
                self._wanted.difference_update(packet.filters)
        return packets.packet(first >> 4, first & 0x0F, body)

    def _subscribe(self, filters: Iterable[str]) -> None:
        for wanted in filters:
            if not valid_filter(wanted) or not (wanted.startswith(self._ours) or _THEIRS.fullmatch(wanted)):
                raise ProtocolError("not for guests")
            self._wanted.add(wanted)
        if len(self._wanted) > MOST_SUBSCRIPTIONS:
            raise ProtocolError("too many subscriptions")


def _connect(packet: Connect) -> bytes:
    """Without the will, which ordinary clients bring."""
    if packet.username is not None:
        raise ProtocolError("guests have no login")
    client_id = MARK + packet.client_id if packet.client_id else ""
    if len(client_id) > LONGEST_CLIENT_ID:
        raise ProtocolError("too long a client id")
    return packets.connect(client_id, clean_session=packet.clean_session, keepalive_s=packet.keepalive_s)
