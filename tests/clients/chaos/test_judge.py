"""What is found: each fault is one sentence, and what is right is none."""

from collections import Counter
from typing import Any

import pytest

from api_queue.clients.chaos import judge
from api_queue.clients.chaos.judge import Now
from api_queue.clients.chaos.replica import Replica
from api_queue.clients.chaos.screens import Told
from api_queue.clients.chaos.wishes import Outcome, Verb, Wish, Wishes
from api_queue.types import ItemId

SESSION = {"play_state": "stopped", "item_id": None, "position_ms": 0}


def item(item_id: str, name: str, position: int | None = None) -> dict[str, Any]:
    return {"id": item_id, "performer_name": name, "position": position, "timestamp_expected": position}


def now(*items: dict[str, Any], over: tuple[dict[str, Any], ...] = (), title: str = "") -> Now:
    return Now(9, items, over, {"title": title}, SESSION)


def song(*deeds: tuple[Verb, Outcome, str]) -> Wish:
    wish = Wish("guest 1 song 1", item_id=ItemId("A"))
    for deed in deeds:
        wish.take(*deed)
    return wish


ADDED: tuple[Verb, Outcome, str] = ("add", "done", "guest 1 song 1")
THERE = item("A", "guest 1 song 1", 1)
RENAMED = item("A", "guest 1 song 1 take 2", 1)


# -- what was answered -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("deeds", "items", "found"),
    [
        ([ADDED], [THERE], []),
        ([ADDED], [], ["guest 1 song 1 was added, and is gone"]),
        ([("add", "unknown", "guest 1 song 1")], [THERE], []),
        ([("add", "unknown", "guest 1 song 1")], [], []),
        ([("add", "refused", "guest 1 song 1")], [THERE], ["guest 1 song 1 was taken back, and is there"]),
        ([ADDED, ("remove", "done", "")], [], []),
        ([ADDED, ("remove", "done", "")], [THERE], ["guest 1 song 1 was taken back, and is there"]),
        ([ADDED, ("remove", "unknown", "")], [THERE], []),
        ([ADDED, ("remove", "unknown", "")], [], []),
        ([ADDED, ("remove", "refused", "")], [], ["guest 1 song 1 was added, and is gone"]),
        ([ADDED, ("rename", "done", "guest 1 song 1 take 2")], [RENAMED], []),
        (
            [ADDED, ("rename", "done", "guest 1 song 1 take 2")],
            [THERE],
            ["guest 1 song 1 is called 'guest 1 song 1', and may be ['guest 1 song 1 take 2']"],
        ),
        ([ADDED, ("rename", "unknown", "guest 1 song 1 take 2")], [RENAMED], []),
        ([ADDED, ("rename", "unknown", "guest 1 song 1 take 2")], [THERE], []),
    ],
)
def test_what_was_answered_holds_and_the_rest_may(
    deeds: list[tuple[Verb, Outcome, str]], items: list[dict[str, Any]], found: list[str]
) -> None:
    assert list(judge.lost(Wishes([song(*deeds)]), now(*items))) == found


def test_what_is_in_the_history_is_not_lost() -> None:
    assert list(judge.lost(Wishes([song(ADDED)]), now(over=(item("A", "guest 1 song 1"),)))) == []


def test_a_song_whose_id_was_never_told_is_known_by_its_name() -> None:
    wish = song(("add", "unknown", "guest 1 song 1"), ("add", "done", "guest 1 song 1"))
    wish.item_id = None
    assert list(judge.lost(Wishes([wish]), now(THERE))) == []
    assert len(list(judge.lost(Wishes([wish]), now()))) == 1


def test_the_title_is_the_last_that_was_answered_or_one_that_was_not() -> None:
    wishes = Wishes()
    wishes.take_title("one", "done")
    wishes.take_title("two", "unknown")
    wishes.take_title("three", "refused")
    found = {title: list(judge.lost(wishes, now(title=title))) for title in ("one", "two", "three")}
    assert found == {"one": [], "two": [], "three": ["the title is 'three', and was set to 'one'"]}


def test_a_move_that_was_answered_was_told() -> None:
    wishes = Wishes(moved=Counter({ItemId("A"): 2}))
    told = Told("items_change", 2, "1-0", (ItemId("A"),))
    assert list(judge.lost_moves(wishes, [told, told])) == []
    assert list(judge.lost_moves(wishes, [told])) == ["item A was moved 2 times, and 1 of them were told"]


def test_a_song_is_there_once() -> None:
    again = item("B", "guest 1 song 1 take 3", 2)
    assert list(judge.doubled(now(THERE, item("C", "guest 1 song 2", 2)))) == []
    assert list(judge.doubled(now(THERE, again))) == ["there are 2 items of guest 1 song 1"]
    assert list(judge.doubled(now(THERE, over=(again,)))) == ["there are 2 items of guest 1 song 1"]
    assert list(judge.doubled(now(THERE, THERE))) == ["the list has 2 items with the id A"]


# -- what was told ---------------------------------------------------------------------------------------------

SNAPSHOT = Told("snapshot", 4, "10-0")
RESET = Told("reset", 7, "")


def delta(rev: int, event_id: str, name: str = "items_change") -> Told:
    return Told(name, rev, event_id)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([SNAPSHOT, delta(5, "11-0"), delta(5, "11-1", "settings_change"), delta(6, "12-0")], []),
        ([SNAPSHOT, delta(4, "11-0", "like"), Told("timeline_beacon", 4, "11-0"), delta(5, "12-0")], []),
        ([SNAPSHOT, delta(7, "11-0"), RESET, Told("snapshot", 9, "20-0"), delta(10, "21-0")], ["7 after 4"]),
        ([SNAPSHOT, RESET, Told("snapshot", 9, "20-0"), delta(10, "21-0")], []),
        ([SNAPSHOT, delta(6, "11-0")], ["items_change of revision 6 after 4"]),
        ([SNAPSHOT, delta(5, "11-0"), delta(4, "12-0")], ["items_change of revision 4 after 5"]),
        ([SNAPSHOT, delta(5, "11-0"), delta(5, "11-0")], ["items_change 11-0 after 11-0"]),
        ([SNAPSHOT, delta(5, "9-0")], ["items_change 9-0 after 10-0"]),
        ([SNAPSHOT, SNAPSHOT], ["a snapshot at revision 4 without a reset"]),
        ([SNAPSHOT, RESET, Told("snapshot", 3, "20-0")], ["snapshot of revision 3 after 7"]),
        ([delta(5, "11-0")], ["items_change of revision 5 after None"]),
    ],
)
def test_each_revision_is_told_once_and_in_order(told: list[Told], found: list[str]) -> None:
    sentences = list(judge.gaps(told))
    assert len(sentences) == len(found)
    assert all(sentence.endswith(end) for sentence, end in zip(sentences, found, strict=True))


@pytest.mark.parametrize(
    ("revs", "found"),
    [
        ([1, 2, 2, 3], []),
        ([1, 2, 3, 2, 3, 4], []),
        ([1, None, 5, 6], []),
        ([1, 3, 2], ["MQTT had revision 2 after 3"]),
    ],
)
def test_on_mqtt_events_may_come_again_but_none_comes_late(revs: list[int | None], found: list[str]) -> None:
    assert list(judge.late(revs)) == found


# -- what is shown ---------------------------------------------------------------------------------------------


def test_a_screen_shows_what_get_does() -> None:
    at_the_end = now(THERE, item("B", "guest 2 song 1", 2))
    shown = [item("A", "guest 1 song 1"), item("B", "guest 2 song 1")]
    assert list(judge.differences(Replica(shown, {"title": ""}, SESSION | {"position_ms": 5}), at_the_end)) == []
    other = Replica(shown[::-1], {"title": "x"}, SESSION | {"play_state": "playing"})
    assert list(judge.differences(other, at_the_end)) == ["the list", "the settings", "the session"]


def test_retained_topics_show_what_get_does_of_what_is_to_come() -> None:
    at_the_end = now(item("0", "guest 3 song 1"), THERE)
    retained = {"items": {"rev": 9, "items": [THERE]}, "settings": {"title": ""}, "session": SESSION}
    assert list(judge.retained_differences(retained, at_the_end)) == []
    old = retained | {"items": {"rev": 8, "items": [THERE]}}
    assert list(judge.retained_differences(old, at_the_end)) == ["the list"]
    assert list(judge.retained_differences(retained | {"session": {}}, at_the_end)) == ["the session"]


def test_of_a_long_list_only_the_beginning_is_retained() -> None:
    items = [item(str(place), f"guest {place} song 1", place) for place in range(600)]
    retained = {"items": {"rev": 9, "items": items[:501]}, "settings": {"title": ""}, "session": SESSION}
    assert list(judge.retained_differences(retained, now(*items))) == []
    shorter = retained | {"items": {"rev": 9, "items": items[:500]}}
    assert list(judge.retained_differences(shorter, now(*items))) == ["the list"]
