"""One client's conversation: what each of its packets does, what it is owed, and when it is ended.

A reader that does not read is owed only names of retained topics, and gets their newest state when it reads again;
other messages it misses (QoS 0) or is cut off for (QoS 1), so that a gap is never silent.
"""

import asyncio
import secrets
from typing import Final, Protocol

from api_queue.drivers.announcer import packets
from api_queue.drivers.announcer.broker import Broker
from api_queue.drivers.announcer.kept import Place
from api_queue.drivers.announcer.packets import Message, Packet, ProtocolError
from api_queue.drivers.announcer.topics import valid_filter, valid_topic

#: Seconds from the first byte of TCP to a whole CONNECT.
CONNECT_TIMEOUT_S: Final = 10.0
#: Bytes of one packet: a guest sends no more than its subscriptions; a list of 500 items is some 300 kB.
GUEST_PACKET: Final = 64 * 1024
SERVER_PACKET: Final = 16 * 1024 * 1024
MOST_SUBSCRIPTIONS: Final = 100
LONGEST_CLIENT_ID: Final = 128
#: QoS 1 messages on their way without an answer; more than a whole house of retained topics.
MOST_UNANSWERED: Final = 4096

#: Answers to CONNECT (table 3.1), and the one to a subscription that is refused.
ACCEPTED, BAD_VERSION, BAD_CLIENT_ID, BUSY, BAD_LOGIN, REFUSED = 0, 1, 2, 3, 4, 0x80


Buffer = bytes | bytearray | memoryview


class Link(Protocol):
    """The connection under a session; `blocked` says that the peer does not read."""

    blocked: bool

    def write(self, data: bytes) -> None: ...

    def close(self) -> None:
        """After what was written."""

    def abort(self) -> None:
        """Now."""


class Session:
    def __init__(self, broker: Broker, link: Link) -> None:
        self._broker = broker
        self._link = link
        self._loop = asyncio.get_running_loop()
        self._place: Place | None = None
        self._will: Message | None = None
        self._filters: dict[str, int] = {}
        self._lasts = False
        self._unread = bytearray()
        self._fresh: dict[str, int] = {}
        self._owed: dict[str, int] = {}
        self._unanswered: set[int] = set()
        self._packet_id = 0
        self._ended = False
        self._heard_s = self._loop.time()
        self._timer = self._loop.call_later(CONNECT_TIMEOUT_S, self.end)

    # -- what comes in

    def feed(self, data: Buffer) -> None:
        self._heard_s = self._loop.time()
        self._unread += data
        try:
            while not self._ended and (cut := packets.take(self._unread, self._limit)):
                self._handle(packets.decode(*cut))
        except packets.VersionError as other:
            five = other.level == packets.LEVEL_5
            self._refuse(packets.connack_v5(packets.V5_UNSUPPORTED) if five else packets.connack(BAD_VERSION))
        except ProtocolError:
            self._leave()

    @property
    def _limit(self) -> int:
        return SERVER_PACKET if self._publishes else GUEST_PACKET

    @property
    def _publishes(self) -> bool:
        return self._place is not None and self._place[0]

    def _handle(self, packet: Packet) -> None:
        if isinstance(packet, packets.Connect) != (self._place is None):
            raise ProtocolError("CONNECT comes first, and once")
        match packet:
            case packets.Connect():
                self._connect(packet)
            case packets.Publish():
                self._publish(packet)
            case packets.Puback():
                self._unanswered.discard(packet.packet_id)
                self._pay()
            case packets.Subscribe():
                codes = [self._subscribe(wanted, min(qos, 1)) for wanted, qos in packet.filters]
                self._link.write(packets.suback(packet.packet_id, codes))
            case packets.Unsubscribe():
                self._unsubscribe(packet)
            case packets.Pingreq():
                self._link.write(packets.pingresp())
            case packets.Disconnect():
                self._will = None
                self._leave()

    def _connect(self, packet: packets.Connect) -> None:
        publishes = packet.username is not None
        if packet.username is not None and not self._broker.may_publish(packet.username, packet.password or b""):
            return self._refuse(packets.connack(BAD_LOGIN))
        if len(packet.client_id) > LONGEST_CLIENT_ID or not (packet.client_id or packet.clean_session):
            return self._refuse(packets.connack(BAD_CLIENT_ID))
        if self._broker.full and not publishes:
            return self._refuse(packets.connack(BUSY))
        self._place = publishes, packet.client_id or secrets.token_urlsafe()
        self._broker.enter(self._place, self)
        # A will is a PUBLISH that waits: a stranger's is ignored, so that ordinary clients, which bring one, can read.
        self._will = packet.will if publishes else None
        self._timer.cancel()
        self._begin(self._place, lasts=not packet.clean_session)
        if packet.keepalive_s:
            self._watch(packet.keepalive_s * 1.5)  # the standard's grace (3.1.2.10)
        return None

    def _begin(self, place: Place, *, lasts: bool) -> None:
        """Who comes back to a session need not subscribe again; the state is sent as if they did (3.1.2.4)."""
        self._lasts = lasts
        kept = self._broker.kept.take(place, self._loop.time())
        filters = kept if lasts else None
        self._link.write(packets.connack(ACCEPTED, session_present=filters is not None))
        for wanted, qos in (filters or {}).items():
            self._subscribe(wanted, qos)

    def _refuse(self, connack: bytes) -> None:
        self._link.write(connack)
        self._leave()

    def _watch(self, silence_s: float) -> None:
        """End a client from which nothing came for `silence_s`."""
        left_s = self._heard_s + silence_s - self._loop.time()
        if left_s <= 0:
            self.end()
        else:
            self._timer = self._loop.call_later(left_s, self._watch, silence_s)

    def _publish(self, packet: packets.Publish) -> None:
        message = packet.message
        if not self._publishes or message.qos > 1 or not valid_topic(message.topic):
            raise ProtocolError("may not publish this")
        self._broker.publish(message)
        if message.qos:
            self._link.write(packets.puback(packet.packet_id))

    def _subscribe(self, wanted: str, qos: int) -> int:
        if not valid_filter(wanted):
            raise ProtocolError("no filter")
        if wanted not in self._filters and len(self._filters) >= MOST_SUBSCRIPTIONS:
            return REFUSED
        self._filters[wanted] = qos
        self._broker.subscribe(self, wanted, qos)
        # Looked up once per turn of the loop: a flood of SUBSCRIBE costs one walk through the tree for each filter.
        if not self._fresh:
            self._loop.call_soon(self._pay)
        self._fresh[wanted] = qos
        return qos

    def _unsubscribe(self, packet: packets.Unsubscribe) -> None:
        for wanted in packet.filters:
            self._broker.unsubscribe(self, wanted)
            self._filters.pop(wanted, None)
            self._fresh.pop(wanted, None)
        self._link.write(packets.unsuback(packet.packet_id))

    # -- what goes out

    def deliver(self, message: Message, qos: int) -> None:
        if self._ended:
            return
        if not self._full:
            self._send(message, qos, retain=False)
        elif message.retain:
            self._owed[message.topic] = qos
        elif qos:
            self.end()

    @property
    def _full(self) -> bool:
        return self._link.blocked or len(self._unanswered) >= MOST_UNANSWERED

    def _pay(self) -> None:
        """Send what is owed while the peer reads; it is the retained state as it is now, and marked so."""
        fresh, self._fresh = self._fresh, {}
        for wanted, qos in fresh.items():
            for message in self._broker.retained(wanted):
                self._owed[message.topic] = max(qos, self._owed.get(message.topic, 0))
        while self._owed and not self._full and not self._ended:
            topic = next(iter(self._owed))
            state = self._broker.state(topic)
            self._send(state, min(self._owed.pop(topic), state.qos), retain=True)

    def _send(self, message: Message, qos: int, *, retain: bool) -> None:
        if not qos and not retain:
            self._link.write(message.plain)
        else:
            packet_id = self._next_packet_id() if qos else 0
            self._link.write(packets.publish(message, qos, retain=retain, packet_id=packet_id))

    def _next_packet_id(self) -> int:
        self._packet_id = self._packet_id % 0xFFFF + 1
        while self._packet_id in self._unanswered:
            self._packet_id = self._packet_id % 0xFFFF + 1
        self._unanswered.add(self._packet_id)
        return self._packet_id

    def reads_again(self) -> None:
        self._pay()

    # -- how it ends

    def end(self) -> None:
        """Cut off: nothing more is sent, and the will is published."""
        self._forget()
        self._link.abort()

    def _leave(self) -> None:
        self._forget()
        self._link.close()

    def lost(self) -> None:
        """The connection is gone."""
        self._forget()

    def _forget(self) -> None:
        if self._ended:
            return
        self._ended = True
        self._timer.cancel()
        for wanted in self._filters:
            self._broker.unsubscribe(self, wanted)
        if self._place:
            self._broker.leave(self._place, self)
        if self._place and self._lasts:
            self._broker.kept.keep(self._place, self._filters, self._loop.time())
        if self._will:
            self._broker.publish(self._will)
