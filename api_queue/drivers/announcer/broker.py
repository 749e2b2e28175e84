"""Who is there, who wants what, and what is retained. No bytes, no sockets."""

import hmac
from collections.abc import Iterator
from typing import Final, Protocol

from api_queue.drivers.announcer.kept import KeptSessions, Place
from api_queue.drivers.announcer.packets import Message
from api_queue.drivers.announcer.topics import Tree

#: The name that the publishing server logs in with, in every embedded broker.
PUBLISHER: Final = "api_queue"


class Subscriber(Protocol):
    def deliver(self, message: Message, qos: int) -> None:
        """Must neither wait nor fail: one reader is never another's business."""

    def end(self) -> None:
        """Its place was taken by another connection."""


class Broker:
    def __init__(self, password: str, most_clients: int) -> None:
        self._password = password.encode()
        self._most_clients = most_clients
        self._places: dict[Place, Subscriber] = {}
        self._wanted: Tree[dict[Subscriber, int]] = Tree()
        self._retained: Tree[Message] = Tree()
        self.kept = KeptSessions()

    def may_publish(self, username: str, password: bytes) -> bool:
        return username == PUBLISHER and hmac.compare_digest(password, self._password)

    @property
    def full(self) -> bool:
        return len(self._places) >= self._most_clients

    def enter(self, place: Place, subscriber: Subscriber) -> None:
        """The newer connection of a client id wins; the will of the older one is published first (3.1.4)."""
        if older := self._places.pop(place, None):
            older.end()
        self._places[place] = subscriber

    def leave(self, place: Place, subscriber: Subscriber) -> None:
        if self._places.get(place) is subscriber:
            del self._places[place]

    def subscribe(self, subscriber: Subscriber, wanted: str, qos: int) -> None:
        """A second time for the same filter changes the QoS."""
        readers = self._wanted.get(wanted)
        if readers is None:
            self._wanted.put(wanted, {subscriber: qos})
        else:
            readers[subscriber] = qos

    def unsubscribe(self, subscriber: Subscriber, wanted: str) -> None:
        readers = self._wanted.get(wanted) or {}
        if readers.pop(subscriber, None) is not None and not readers:
            self._wanted.remove(wanted)

    def retained(self, wanted: str) -> Iterator[Message]:
        return self._retained.topics(wanted)

    def state(self, topic: str) -> Message:
        """What is retained there now; an empty message when nothing is, as that is how it is cleared."""
        return self._retained.get(topic) or Message(topic, b"", 1, retain=True)

    def publish(self, message: Message) -> None:
        """To each reader once, with the lower of the two QoS: the highest it asked for, and the message's own."""
        if message.retain and message.payload:
            self._retained.put(message.topic, message)
        elif message.retain:
            self._retained.remove(message.topic)
        readers: dict[Subscriber, int] = {}
        for some in self._wanted.filters(message.topic):
            for reader, qos in some.items():
                readers[reader] = max(qos, readers.get(reader, 0))
        for reader, qos in readers.items():
            reader.deliver(message, min(qos, message.qos))
