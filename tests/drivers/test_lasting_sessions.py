"""Who asked for a session that lasts, goes, and comes back: with our announcer as far as it can be had."""

import asyncio

import pytest

from api_queue.drivers.announcer import kept, packets
from api_queue.drivers.announcer.broker import PUBLISHER, Broker
from api_queue.drivers.announcer.packets import Message
from tests.drivers import mqtt_wire
from tests.drivers.links import Open, opener


@pytest.fixture
def broker() -> Broker:
    return Broker("secret", most_clients=3)


@pytest.fixture
async def opened(broker: Broker) -> Open:
    return opener(broker)


def lasting(*filters: tuple[str, int]) -> tuple[bytes, ...]:
    subscribing = (mqtt_wire.subscribe(*filters, packet_id=1),) if filters else ()
    return mqtt_wire.connect("phone", clean=False), *subscribing


async def test_who_comes_back_is_subscribed_and_gets_the_state_again(opened: Open, broker: Broker) -> None:
    # Given a client that was there, and what changed while it was away
    first, link = opened(*lasting(("room/kara/queue", 0), ("global/tracks-updated", 1)))
    assert link.written[0] == packets.connack(0)
    first.lost()
    broker.publish(Message("room/kara/queue", b"[1]", 0, retain=True))
    # When it comes back and says nothing but CONNECT
    _, link = opened(*lasting())
    await asyncio.sleep(0)
    # Then its session is there, it has the newest state, and hears of each change
    assert link.written[0] == packets.connack(0, session_present=True)
    [packet] = link.messages()
    assert packet.message == Message("room/kara/queue", b"[1]", 0, retain=True)
    broker.publish(Message("global/tracks-updated", b"{}", 1, retain=True))
    [packet] = link.messages()
    assert (packet.message.payload, packet.message.qos) == (b"{}", 1)


@pytest.mark.parametrize("ending", ["lost", "end"])
async def test_however_it_went_its_session_stays(opened: Open, ending: str) -> None:
    first, _ = opened(*lasting(("a", 0)))
    getattr(first, ending)()
    assert opened(*lasting())[1].written == [packets.connack(0, session_present=True)]


async def test_a_farewell_ends_no_session_that_lasts(opened: Open) -> None:
    opened(*lasting(("a", 0)), mqtt_wire.DISCONNECT)
    assert opened(*lasting())[1].written == [packets.connack(0, session_present=True)]


async def test_a_newer_connection_goes_on_with_the_session_of_the_older(opened: Open, broker: Broker) -> None:
    _, older = opened(*lasting(("a", 0)))
    _, newer = opened(*lasting())
    broker.publish(Message("a", b"x"))
    assert (older.ending, newer.topics()) == ("cut off", ["a"])


async def test_what_was_unsubscribed_stays_so(opened: Open, broker: Broker) -> None:
    opened(*lasting(("a", 0), ("b", 0)), mqtt_wire.unsubscribe("a", packet_id=2), mqtt_wire.DISCONNECT)
    _, link = opened(*lasting())
    for topic in "ab":
        broker.publish(Message(topic, b"x"))
    assert link.topics() == ["b"]


async def test_a_clean_session_begins_with_nothing_and_leaves_nothing(opened: Open, broker: Broker) -> None:
    # Given a session that lasts, and then a clean one under the same name
    opened(*lasting(("a", 0)), mqtt_wire.DISCONNECT)
    _, clean = opened(mqtt_wire.connect("phone"), mqtt_wire.subscribe(("b", 0)), mqtt_wire.DISCONNECT)
    assert clean.written[0] == packets.connack(0)
    # Then neither is there for who comes after
    _, link = opened(*lasting())
    broker.publish(Message("a", b"x"))
    broker.publish(Message("b", b"x"))
    assert link.written == [packets.connack(0)]


async def test_a_guest_cannot_come_back_as_the_publisher(opened: Open) -> None:
    publisher = mqtt_wire.connect("phone", clean=False, login=(PUBLISHER, "secret"))
    opened(publisher, mqtt_wire.subscribe(("a", 0)), mqtt_wire.DISCONNECT)
    assert opened(*lasting())[1].written == [packets.connack(0)]


def test_a_session_is_kept_for_a_day() -> None:
    sessions, phone = kept.KeptSessions(), (False, "phone")
    sessions.keep(phone, {"a": 0}, 0.0)
    assert sessions.take(phone, kept.KEPT_S) == {"a": 0}
    sessions.keep(phone, {"a": 0}, 0.0)
    assert sessions.take(phone, kept.KEPT_S + 1) is None


def test_sessions_that_are_too_old_or_too_many_make_room_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST_KEPT", 2)
    sessions = kept.KeptSessions()
    for now_s, name in enumerate(["first", "second", "first", "third"]):
        sessions.keep((False, name), {name: 0}, now_s)
    assert [sessions.take((False, name), 4) for name in ("first", "second", "third")] == [
        {"first": 0},
        None,
        {"third": 0},
    ]
    sessions.keep((False, "old"), {}, 0.0)
    sessions.keep((False, "young"), {}, kept.KEPT_S + 1)
    assert len(sessions._kept) == 1
