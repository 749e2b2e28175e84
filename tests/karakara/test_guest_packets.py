"""What guests may say to a broker."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.drivers.announcer.packets import ProtocolError, VersionError
from api_queue.drivers.announcer.session import MOST_SUBSCRIPTIONS
from api_queue.karakara.guest_packets import MOST_AT_ONCE, GuestPackets
from tests.drivers import mqtt_wire

ROOM = mqtt_wire.subscribe(("room/kara/queue", 0), ("global/tracks-updated", 0), ("api_queue/#", 1))


def passed(*said: bytes) -> bytes:
    guest = GuestPackets("api_queue")
    return b"".join(map(guest.passed, said))


@pytest.mark.parametrize(
    "said",
    [
        ROOM,
        mqtt_wire.subscribe(("room/+/queue", 0), ("room/kara/settings", 0)),
        mqtt_wire.unsubscribe("room/kara/queue"),
        mqtt_wire.PINGREQ,
        mqtt_wire.DISCONNECT,
        b"\x40\2\0\1",
    ],
)
def test_what_a_reader_says_is_passed_on(said: bytes) -> None:
    assert passed(said) == said


@pytest.mark.parametrize("clean", [True, False])
def test_a_client_gets_a_name_that_no_other_client_of_the_broker_has(clean: bool) -> None:
    said = passed(mqtt_wire.connect("zigbee2mqtt", clean=clean, keepalive_s=33))
    assert said == mqtt_wire.connect("karakara-zigbee2mqtt", clean=clean, keepalive_s=33)


def test_one_without_a_name_is_left_to_the_broker() -> None:
    assert passed(mqtt_wire.connect("")) == mqtt_wire.connect("")


@pytest.mark.parametrize(
    "said",
    [
        mqtt_wire.publish("room/kara/queue", b"x"),
        mqtt_wire.publish("room/kara/queue", b"x", qos=1, retain=True),
        mqtt_wire.connect("a", login=("api_queue", "guess")),
        mqtt_wire.subscribe(("#", 0)),
        mqtt_wire.subscribe(("+/kara/queue", 0)),
        mqtt_wire.subscribe(("room/kara/queue", 0), ("lamps/1", 0)),
        mqtt_wire.subscribe(("rooms/1", 0)),
        mqtt_wire.subscribe(("room/#", 0)),
        mqtt_wire.subscribe(("room/kitchen/presence", 0)),
        mqtt_wire.subscribe(("room/+/+", 0)),
        mqtt_wire.subscribe(("room/kitchen/presence/queue", 0)),
        mqtt_wire.subscribe(("global/#", 0)),
        mqtt_wire.subscribe(("$SYS/#", 0)),
        mqtt_wire.subscribe(("api_queue/#/items", 0)),
        mqtt_wire.subscribe(("api_queue/" + "a" * 503, 0)),
        mqtt_wire.connect("a" * 120),
        b"\xff" * 8,
    ],
)
def test_all_else_is_refused(said: bytes) -> None:
    with pytest.raises(ProtocolError):
        passed(said)


def test_a_will_is_left_out() -> None:
    assert passed(mqtt_wire.connect("a", will=("room/kara/queue", b"x"))) == mqtt_wire.connect("karakara-a")


def test_at_our_own_broker_all_can_be_read_and_nothing_written() -> None:
    guest = GuestPackets(None)
    for said in (mqtt_wire.subscribe(("#", 0)), mqtt_wire.subscribe(("lamps/1", 0))):
        assert guest.passed(said) == said
    with pytest.raises(ProtocolError):
        guest.passed(mqtt_wire.publish("room/kara/queue", b"x"))


def test_a_guest_has_as_many_subscriptions_at_a_time_as_our_announcer_gives() -> None:
    # Given one who goes from room to room, and leaves each
    guest = GuestPackets(None)
    for number in range(2 * MOST_SUBSCRIPTIONS):
        guest.passed(mqtt_wire.subscribe((f"room/{number}/queue", 0)) + mqtt_wire.unsubscribe(f"room/{number}/queue"))
    # Then only where they stay counts
    for number in range(MOST_SUBSCRIPTIONS):
        guest.passed(mqtt_wire.subscribe((f"room/{number}/queue", 0)))
    with pytest.raises(ProtocolError):
        guest.passed(mqtt_wire.subscribe(("room/more/queue", 0)))


def test_a_packet_that_is_too_large_is_refused_by_its_header() -> None:
    with pytest.raises(ProtocolError):
        passed(mqtt_wire.subscribe(*((f"room/{number}/queue", 0) for number in range(10_000)))[:10])


def test_much_at_once_is_refused() -> None:
    assert passed(mqtt_wire.PINGREQ * MOST_AT_ONCE, mqtt_wire.PINGREQ) == mqtt_wire.PINGREQ * (MOST_AT_ONCE + 1)
    with pytest.raises(ProtocolError):
        passed(mqtt_wire.PINGREQ * (MOST_AT_ONCE + 1))


def test_another_version_is_refused() -> None:
    with pytest.raises(VersionError):
        passed(mqtt_wire.connect("a", level=5))


@given(st.lists(st.integers(0, 80), max_size=10))
def test_packets_are_the_same_wherever_they_are_cut(cuts: list[int]) -> None:
    said = mqtt_wire.connect("a", clean=False) + ROOM + mqtt_wire.PINGREQ
    places = sorted({0, len(said), *(cut for cut in cuts if cut < len(said))})
    pieces = [said[start:end] for start, end in pairwise(places)]
    assert passed(*pieces) == passed(said)
