"""One client's conversation over a link that only notes what is written, packet by packet."""

import asyncio

import pytest

from api_queue.drivers.announcer import packets, session
from api_queue.drivers.announcer.broker import PUBLISHER, Broker
from api_queue.drivers.announcer.packets import Message
from api_queue.drivers.announcer.session import MOST_SUBSCRIPTIONS
from tests.drivers import mqtt_wire
from tests.drivers.links import Open, opener

SUBACK_OF_1 = b"\x90\x03\0\1"


@pytest.fixture
def broker() -> Broker:
    return Broker("secret", most_clients=3)


@pytest.fixture
async def opened(broker: Broker) -> Open:
    return opener(broker)


def reading(*filters: tuple[str, int], name: str = "screen") -> tuple[bytes, ...]:
    return mqtt_wire.connect(name), mqtt_wire.subscribe(*filters, packet_id=1)


def publishing(**will: object) -> bytes:
    return mqtt_wire.connect("relay", login=(PUBLISHER, "secret"), **will)  # type: ignore[arg-type]  # by name


async def turn() -> None:
    await asyncio.sleep(0)


# -- what comes in ---------------------------------------------------------------------------------------------


async def test_a_conversation_may_come_in_byte_by_byte(opened: Open) -> None:
    whole = b"".join([*reading(("a", 1)), b"\xc0\0"])
    _, link = opened(*(bytes([byte]) for byte in whole))
    assert link.written == [packets.connack(0), SUBACK_OF_1 + b"\1", packets.pingresp()]


@pytest.mark.parametrize("first", [b"\xc0\0", mqtt_wire.subscribe(("a", 0), packet_id=1), b"\xe0\0"])
async def test_nothing_is_said_before_connect(opened: Open, first: bytes) -> None:
    _, link = opened(first)
    assert (link.written, link.ending) == ([], "closed")


async def test_connect_is_said_once(opened: Open) -> None:
    _, link = opened(mqtt_wire.connect("a"), mqtt_wire.connect("a"))
    assert (link.written, link.ending) == ([packets.connack(0)], "closed")


async def test_after_the_end_nothing_is_heard(opened: Open, broker: Broker) -> None:
    _, link = opened(mqtt_wire.connect("a"), b"\xe0\0", mqtt_wire.subscribe(("a", 0), packet_id=1))
    broker.publish(Message("a", b"x"))
    assert link.written == [packets.connack(0)]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        (mqtt_wire.connect("a", login=(PUBLISHER, "wrong")), 4),
        (mqtt_wire.connect("a", login=("somebody", "secret")), 4),
        (mqtt_wire.connect("x" * 129), 2),
        (mqtt_wire.connect("", clean=False), 2),
        (mqtt_wire.connect("a", level=3), 1),
    ],
)
async def test_a_connect_that_is_refused_says_why_and_ends(opened: Open, said: bytes, answer: int) -> None:
    _, link = opened(said)
    assert (link.written, link.ending) == ([packets.connack(answer)], "closed")


async def test_guests_beyond_the_last_place_are_told_to_come_later_and_the_server_is_not(opened: Open) -> None:
    for number in range(3):
        opened(mqtt_wire.connect(f"guest-{number}"))
    _, late = opened(mqtt_wire.connect("late"))
    _, server = opened(publishing())
    assert (late.written, server.written) == ([packets.connack(3)], [packets.connack(0)])


async def test_those_without_a_name_are_not_taken_for_one(opened: Open) -> None:
    links = [opened(mqtt_wire.connect(""))[1] for _ in range(3)]
    assert [link.ending for link in links] == [""] * 3


async def test_a_guest_who_publishes_is_cut_off_and_nobody_hears_it(opened: Open) -> None:
    _, reader = opened(*reading(("#", 0)))
    _, guest = opened(mqtt_wire.connect("guest"), mqtt_wire.publish("a", b"x"))
    assert guest.ending == "closed"
    assert reader.topics() == []


@pytest.mark.parametrize("wanted", ["a#", "", "#/a", "a" * 513])
async def test_a_filter_that_is_none_ends_the_conversation(opened: Open, wanted: str) -> None:
    _, link = opened(*reading((wanted, 0)))
    assert link.ending == "closed"


async def test_one_subscription_too_many_is_refused_and_the_others_stay(opened: Open, broker: Broker) -> None:
    filters = [(f"t/{number}", 0) for number in range(MOST_SUBSCRIPTIONS + 1)]
    _, link = opened(*reading(*filters))
    assert link.written[1].endswith(b"\0\x80")
    broker.publish(Message("t/0", b"x"))
    broker.publish(Message(f"t/{MOST_SUBSCRIPTIONS}", b"x"))
    assert link.topics() == ["t/0"]
    assert link.ending == ""


# -- what goes out ---------------------------------------------------------------------------------------------


async def test_what_is_retained_comes_after_the_answer_and_is_marked(opened: Open, broker: Broker) -> None:
    broker.publish(Message("a", b"state", 1, retain=True))
    _, link = opened(*reading(("a", 1)))
    await turn()
    assert link.written[1] == SUBACK_OF_1 + b"\1"
    [packet] = link.messages()
    assert packet.message == Message("a", b"state", 1, retain=True)


async def test_a_flood_of_the_same_subscription_gets_the_state_once(opened: Open, broker: Broker) -> None:
    broker.publish(Message("a", b"state", 1, retain=True))
    _, link = opened(mqtt_wire.connect("x"), *[mqtt_wire.subscribe(("a", 0), packet_id=n) for n in range(1, 20)])
    await turn()
    assert link.topics() == ["a"]


async def test_who_does_not_read_is_owed_the_newest_state_and_no_more(opened: Open, broker: Broker) -> None:
    # Given a reader that is blocked while a state changes often
    one, link = opened(*reading(("#", 0)))
    await turn()
    link.blocked = True
    for number in range(100):
        broker.publish(Message("state", f"{number}".encode(), 1, retain=True))
        broker.publish(Message("news", f"{number}".encode()))
    assert link.messages() == []
    # When it reads again
    link.blocked = False
    one.reads_again()
    # Then it has the last state, once
    assert [packet.message.payload for packet in link.messages()] == [b"99"]


async def test_a_state_that_was_cleared_meanwhile_is_told_as_cleared(opened: Open, broker: Broker) -> None:
    one, link = opened(*reading(("#", 0)))
    link.blocked = True
    broker.publish(Message("state", b"x", 1, retain=True))
    broker.publish(Message("state", b"", 1, retain=True))
    link.blocked = False
    one.reads_again()
    assert [(packet.message.topic, packet.message.payload) for packet in link.messages()] == [("state", b"")]


async def test_a_gap_in_what_must_arrive_is_never_silent(opened: Open, broker: Broker) -> None:
    _, link = opened(*reading(("#", 1)))
    link.blocked = True
    broker.publish(Message("news", b"x", 1))
    assert link.ending == "cut off"


async def test_unanswered_messages_are_bounded_and_an_answer_makes_room(
    opened: Open, broker: Broker, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a reader that confirms nothing
    monkeypatch.setattr(session, "MOST_UNANSWERED", 2)
    one, link = opened(*reading(("#", 1)))
    for topic in "abc":
        broker.publish(Message(topic, b"x", 1, retain=True))
    first, second = link.messages()
    assert [first.message.topic, second.message.topic] == ["a", "b"]
    # When it confirms one
    one.feed(packets.puback(first.packet_id))
    # Then it gets the third, under a number that is not in use
    [third] = link.messages()
    assert third.message.topic == "c"
    assert third.packet_id != second.packet_id


async def test_packet_numbers_go_round_past_those_in_use(opened: Open, broker: Broker) -> None:
    one, link = opened(*reading(("a", 1)))
    one._packet_id = 0xFFFE
    one._unanswered = {0xFFFF, 1}
    broker.publish(Message("a", b"x", 1))
    assert [packet.packet_id for packet in link.messages()] == [2]


async def test_what_is_unsubscribed_before_the_state_came_does_not_come(opened: Open, broker: Broker) -> None:
    broker.publish(Message("a", b"state", 1, retain=True))
    _, link = opened(*reading(("a", 1)), mqtt_wire.unsubscribe("a", packet_id=2))
    await turn()
    assert link.topics() == []


# -- how it ends -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("goodbye", "told"), [(b"\xe0\0", []), (b"\x00\x00", ["status"])])
async def test_a_will_is_for_those_who_go_without_a_word(opened: Open, goodbye: bytes, told: list[str]) -> None:
    _, reader = opened(*reading(("status", 0)))
    opened(publishing(will=("status", b"offline")), goodbye)
    assert reader.topics() == told


async def test_a_strangers_will_is_not_told(opened: Open) -> None:
    _, reader = opened(*reading(("#", 0)))
    guest, _ = opened(mqtt_wire.connect("guest", will=("status", b"offline")))
    guest.lost()
    assert reader.topics() == []


async def test_a_will_is_told_once_however_often_it_ends(opened: Open) -> None:
    _, reader = opened(*reading(("status", 0)))
    server, _ = opened(publishing(will=("status", b"offline")))
    server.end()
    server.lost()
    server.end()
    assert reader.topics() == ["status"]


async def test_whoever_is_gone_is_told_nothing_more(opened: Open, broker: Broker) -> None:
    one, link = opened(*reading(("a", 0)))
    one.lost()
    broker.publish(Message("a", b"x"))
    assert link.topics() == []
