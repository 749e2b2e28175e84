"""The broker without bytes and sockets: who is told what, against a list of all that was asked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.drivers.announcer.broker import PUBLISHER, Broker
from api_queue.drivers.announcer.packets import Message
from tests.drivers.test_announcer_topics import covers, filters, topics


class Reader:
    def __init__(self) -> None:
        self.got: list[tuple[str, bytes, int]] = []
        self.ended = 0

    def deliver(self, message: Message, qos: int) -> None:
        self.got.append((message.topic, message.payload, qos))

    def end(self) -> None:
        self.ended += 1


@pytest.fixture
def broker() -> Broker:
    return Broker("secret", most_clients=2)


@pytest.fixture
def reader() -> Reader:
    return Reader()


@given(
    st.lists(st.tuples(st.integers(0, 2), filters, st.integers(0, 1)), max_size=8),
    st.lists(st.tuples(st.integers(0, 2), filters), max_size=4),
    topics,
    st.integers(0, 1),
)
def test_each_reader_gets_a_message_once_with_the_best_qos_it_asked_for(
    asked: list[tuple[int, str, int]], taken_back: list[tuple[int, str]], topic: str, qos: int
) -> None:
    # Given readers who subscribe, again with another QoS, and leave some of it
    broker, readers = Broker("secret", 10), [Reader() for _ in range(3)]
    wanted: dict[tuple[int, str], int] = {}
    for number, one, granted in asked:
        broker.subscribe(readers[number], one, granted)
        wanted[number, one] = granted
    for number, one in taken_back:
        broker.unsubscribe(readers[number], one)
        wanted.pop((number, one), None)
    # When something is published
    broker.publish(Message(topic, b"x", qos))
    # Then each whose filters cover it has it once
    for number, reader in enumerate(readers):
        best = [granted for (who, one), granted in wanted.items() if who == number and covers(one, topic)]
        assert reader.got == ([(topic, b"x", min(qos, max(best)))] if best else [])


@given(st.lists(st.tuples(topics, st.sampled_from([b"", b"a", b"b"]), st.booleans()), max_size=10), filters)
def test_what_is_retained_is_the_last_of_each_topic_until_an_empty_one(
    published: list[tuple[str, bytes, bool]], wanted: str
) -> None:
    broker, state = Broker("secret", 10), {}
    for topic, payload, retain in published:
        broker.publish(Message(topic, payload, 1, retain))
        if retain:
            state[topic] = payload
    expected = {topic: payload for topic, payload in state.items() if payload and covers(wanted, topic)}
    assert {message.topic: message.payload for message in broker.retained(wanted)} == expected
    assert all(broker.state(topic).payload == payload for topic, payload in state.items())


def test_the_state_of_a_topic_that_was_never_told_is_empty(broker: Broker) -> None:
    assert broker.state("nothing") == Message("nothing", b"", 1, retain=True)


def test_an_empty_message_that_clears_a_topic_is_delivered_too(broker: Broker, reader: Reader) -> None:
    broker.subscribe(reader, "a", 1)
    broker.publish(Message("a", b"", 1, retain=True))
    assert reader.got == [("a", b"", 1)]


def test_leaving_what_was_never_asked_for_changes_nothing(broker: Broker, reader: Reader) -> None:
    other = Reader()
    broker.subscribe(other, "a", 0)
    broker.unsubscribe(reader, "a")
    broker.unsubscribe(reader, "b")
    broker.publish(Message("a", b"x"))
    assert other.got == [("a", b"x", 0)]


# -- who is there ----------------------------------------------------------------------------------------------


def test_the_newer_connection_of_a_name_ends_the_older(broker: Broker) -> None:
    old, new = Reader(), Reader()
    broker.enter((False, "screen"), old)
    broker.enter((False, "screen"), new)
    assert (old.ended, new.ended) == (1, 0)


def test_the_older_ones_going_does_not_free_the_newers_place(broker: Broker) -> None:
    old, new = Reader(), Reader()
    for reader in (old, new):
        broker.enter((False, "screen"), reader)
    broker.leave((False, "screen"), old)
    broker.enter((False, "other"), Reader())
    assert broker.full
    broker.leave((False, "screen"), new)
    assert not broker.full


def test_a_guest_with_the_publishers_name_takes_no_place_of_its(broker: Broker, reader: Reader) -> None:
    broker.enter((True, "relay"), reader)
    broker.enter((False, "relay"), Reader())
    assert reader.ended == 0


@pytest.mark.parametrize(
    ("username", "password", "may"),
    [
        (PUBLISHER, b"secret", True),
        (PUBLISHER, b"Secret", False),
        (PUBLISHER, b"", False),
        (PUBLISHER, b"secret\0", False),
        ("guest", b"secret", False),
        ("", b"secret", False),
    ],
)
def test_only_the_server_publishes(broker: Broker, username: str, password: bytes, may: bool) -> None:
    assert broker.may_publish(username, password) is may
