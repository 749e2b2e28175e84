import pytest

from api_queue.events import Event
from api_queue.stream.models import Subscription, is_deletion, parse_positions
from api_queue.types import EventId, EventName, QueueName

A, B = QueueName("a"), QueueName("b")


def event(name: EventName, fields: str) -> Event:
    return Event(EventId("1-0"), A, name, 1, f'{{"rev":1,"type":"queue","ts":1,{fields}}}')


def test_a_plain_id_is_the_position_of_the_one_queue() -> None:
    assert parse_positions("17-3", Subscription((A,))) == {A: "17-3"}


@pytest.mark.parametrize("text", [None, ""])
def test_no_id_is_no_position(text: str | None) -> None:
    assert parse_positions(text, Subscription((A,))) == {}


@pytest.mark.parametrize(
    ("text", "positions"),
    [
        ("a=1-0,b=7-2", {A: "1-0", B: "7-2"}),
        ("b=7-2", {B: "7-2"}),
        ("a=1-0,c=9-9", {A: "1-0"}),
        ("1-0", {}),
        (",=,,", {}),
    ],
)
def test_a_composite_id_has_a_position_for_each_queue_that_is_asked_for(text: str, positions: dict[str, str]) -> None:
    assert parse_positions(text, Subscription((A, B), several=True)) == positions


def test_a_queue_without_settings_was_deleted() -> None:
    assert is_deletion(event("settings_change", '"settings":null'))
    assert not is_deletion(event("settings_change", '"settings":{"title":"\\"settings\\":null"}'))
    assert not is_deletion(event("items_change", '"changes":[]'))
