"""A list written anew: as little as possible is moved, and whoever follows has it too."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.queues.arrangement import steady
from api_queue.queues.models import Item
from api_queue.queues.undo_wire import changes_between
from api_queue.types import ItemId
from tests.queues.builders import an_item
from tests.queues.test_store_model import follow

ITEMS = [replace(an_item(f"P{nth}"), id=ItemId(f"{nth:010}")) for nth in range(8)]
lists = st.lists(st.sampled_from(ITEMS), unique_by=lambda item: item.id).map(tuple)


def ids(items: tuple[Item, ...]) -> list[ItemId]:
    return [item.id for item in items]


@given(lists, lists)
def test_whoever_follows_the_changes_has_the_list(before: tuple[Item, ...], after: tuple[Item, ...]) -> None:
    snapshot = [{"op": "add", "item": {"id": item.id}, "before": None} for item in before]
    assert follow([{"changes": snapshot + changes_between(before, after)}]) == ids(after)


@given(lists, lists)
def test_what_stays_is_in_the_order_that_it_was_in(before: tuple[Item, ...], after: tuple[Item, ...]) -> None:
    stays = steady(ids(before), ids(after))
    assert [i for i in ids(before) if i in stays] == [i for i in ids(after) if i in stays]


@given(lists.filter(lambda items: len(items) > 1), st.data())
def test_one_that_goes_elsewhere_is_all_that_is_moved(before: tuple[Item, ...], data: st.DataObject) -> None:
    moved = data.draw(st.sampled_from(before))
    rest = [item for item in before if item is not moved]
    place = data.draw(st.integers(0, len(rest)))
    after = (*rest[:place], moved, *rest[place:])
    assert len(steady(ids(before), ids(after))) >= len(rest)


def test_what_became_another_line_is_told_in_its_place() -> None:
    louder = replace(ITEMS[1], key_shift=2)
    (change,) = changes_between(ITEMS[:3], [ITEMS[0], louder, ITEMS[2]])
    assert (change["op"], change["item"]["id"], change["item"]["key_shift"]) == ("update", louder.id, 2)


def test_nothing_is_told_of_what_stays_as_it_is() -> None:
    assert changes_between(ITEMS, ITEMS) == []
