"""What a guest may say to a broker of the operator's own, whose rules we do not know.

It may be one that was never meant for guests: open to its machine alone, and with the lamps of a house on it. So they
read what is ours, write nothing, and are nobody whom it knows.
"""

import re
from typing import Final

from api_queue.drivers.announcer import packets
from api_queue.drivers.announcer.packets import Connect, ProtocolError, Publish, Subscribe

#: Before the client id: a broker lets the newer of two with the same id take the session of the other.
MARK: Final = "karakara-"
MOST_BYTES: Final = 64 * 1024
#: What the clients ask for. A house may have more below `room`, such as who is in it.
_THEIRS: Final = re.compile(r"room/[^/#]+/(?:queue|settings)|global/tracks-updated")


class GuestPackets:
    """Beside the clients' topics what stands below `prefix`, which is ours, may be read."""

    def __init__(self, prefix: str) -> None:
        self._ours = f"{prefix}/"
        self._unread = bytearray()

    def passed(self, data: bytes) -> bytes:
        """The packets that have come in whole by now. Raises ProtocolError or VersionError for what may not be said."""
        self._unread += data
        whole = b""
        while cut := packets.take(self._unread, MOST_BYTES):
            whole += self._judged(*cut)
        return whole

    def _judged(self, first: int, body: bytes) -> bytes:
        packet = packets.decode(first, body)
        if isinstance(packet, Connect):
            return _connect(packet)
        if isinstance(packet, Publish):
            raise ProtocolError("guests write nothing")
        if isinstance(packet, Subscribe):
            for wanted, _ in packet.filters:
                self._check(wanted)
        return packets.packet(first >> 4, first & 0x0F, body)

    def _check(self, wanted: str) -> None:
        if not wanted.startswith(self._ours) and not _THEIRS.fullmatch(wanted):
            raise ProtocolError("not for guests")


def _connect(packet: Connect) -> bytes:
    if packet.username is not None or packet.will is not None:
        raise ProtocolError("guests have no login, and leave no will")
    client_id = MARK + packet.client_id if packet.client_id else ""
    return packets.connect(client_id, clean_session=packet.clean_session, keepalive_s=packet.keepalive_s)
