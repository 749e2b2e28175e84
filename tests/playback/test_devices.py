"""What may be a device's name and id, and who takes over from whom."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import BadDeviceId, BadDeviceName
from api_queue.playback.devices import Device, Kind, Presence, device_id, device_name, in_order
from api_queue.types import DeviceId, QueueName
from tests.queues.builders import NOW


def a_device(name: str, kind: Kind = "speaker") -> Device:
    return Device(
        queue=QueueName("x"),
        device_id=DeviceId(name),
        name=name,
        platform="",
        kind=kind,
        owner="o",
        token_id=f"token-{name}",
        registered_at_ms=NOW,
    )


KITCHEN, GARDEN, TV, PHONE = (
    a_device("kitchen"),
    a_device("garden"),
    a_device("tv", "screen"),
    a_device("phone", "remote"),
)
ALL = [KITCHEN, TV, GARDEN, PHONE]


def test_without_a_setting_the_speakers_take_over_in_the_order_of_registering() -> None:
    assert in_order(ALL, None) == [KITCHEN, GARDEN]


def test_the_setting_says_who_may_and_in_which_order() -> None:
    assert in_order(ALL, ["garden", "kitchen"]) == [GARDEN, KITCHEN]
    assert in_order(ALL, ["garden"]) == [GARDEN]
    assert in_order(ALL, []) == []


@given(st.lists(st.sampled_from(["kitchen", "garden", "tv", "phone", "nobody"])))
def test_whatever_it_names_only_speakers_that_are_there_may_and_each_once(chosen: list[str]) -> None:
    allowed = in_order(ALL, chosen)
    assert {device.kind for device in allowed} <= {"speaker"}
    assert [device.name for device in allowed] == [n for n in dict.fromkeys(chosen) if n in {"kitchen", "garden"}]


def test_who_was_not_heard_of_for_fifteen_seconds_is_away() -> None:
    presence = Presence(last_seen_ms=NOW)
    assert presence.is_there(NOW + 14_999)
    assert not presence.is_there(NOW + 15_000)


@pytest.mark.parametrize("text", ["kitchen", "K", "0b5e4d7e-1a2b-4c3d-8e9f-0a1b2c3d4e5f", "pi.local:1", "a" * 64])
def test_what_can_be_an_id(text: str) -> None:
    assert device_id(text) == text


@pytest.mark.parametrize("text", ["", "-a", "a b", "a/b", "küche", "a\n", "{x}", "a" * 65])
def test_what_cannot(text: str) -> None:
    with pytest.raises(BadDeviceId):
        device_id(text)


def test_a_name_is_as_careful_as_a_performers() -> None:
    assert device_name("  Küche  ") == "Küche"
    for text in ("", "  ", "a\nb", "\u202egnihton", "x" * 65, "\u200b"):
        with pytest.raises(BadDeviceName):
            device_name(text)
