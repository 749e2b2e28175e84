"""What comes back where, when others have been at it meanwhile: the pure rule."""

from collections.abc import Sequence
from typing import Any

import pytest
from msgspec.structs import replace

from api_queue.errors import SettingsOvertaken
from api_queue.queues.deeds import Deed, Noted, Part, Verb
from api_queue.queues.models import Item, QueueView
from api_queue.queues.settings import QueueSettings
from api_queue.queues.undo import Scene, Undone, undone
from api_queue.types import ItemId
from tests.queues.builders import NOW, a_queue, an_item, names

ANA, BOB, CLEO, DORA, EVE = (
    replace(an_item(name), timestamp_added=NOW + nth) for nth, name in enumerate(("Ana", "Bob", "Cleo", "Dora", "Eve"))
)
FAIR = QueueSettings(order="fair")


def noted(item: Item, ahead: Item | None, behind: Item | None, score: str = "", after: str = "") -> Noted:
    first, second = (other.as_line() if other else "" for other in (ahead, behind))
    return Noted(1, item.as_line(), after, first, second, score)


def took_back(
    waiting: Sequence[Item],
    *items: Noted,
    verb: Verb = "delete",
    settings: QueueSettings | None = None,
    scores: dict[ItemId, float] | None = None,
    now: dict[Part, dict[str, str]] | None = None,
    changed: dict[str, tuple[str, str]] | None = None,
    fields: Any = None,
) -> Undone:
    queue = a_queue(settings=settings, waiting=waiting)
    deed = Deed(verb=verb, by="host", at_ms=NOW, items=items, settings=changed or {}, fields=fields or {})
    return undone(deed, "text", Scene(QueueView(queue, tuple(waiting), 0, ""), scores or {}, now or {}), "host")


# -- where -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waiting", "after"),
    [
        ((ANA, CLEO), ["Ana", "Bob", "Cleo"]),
        ((ANA, DORA, CLEO), ["Ana", "Bob", "Dora", "Cleo"]),  # Dora came in between meanwhile
        ((CLEO, DORA), ["Bob", "Cleo", "Dora"]),  # Ana plays by now
        ((ANA, DORA), ["Ana", "Bob", "Dora"]),  # Cleo took hers off
        ((DORA, EVE), ["Bob", "Dora", "Eve"]),  # both are gone: the order of adding says where
        ((), ["Bob"]),
    ],
)
def test_it_comes_back_where_it_stood(waiting: tuple[Item, ...], after: list[str]) -> None:
    taken = took_back(waiting, noted(BOB, ANA, CLEO))
    assert names(taken.arrangement.after) == after


def test_in_a_sorted_queue_its_round_decides_when_others_have_moved_since() -> None:
    # Given that Bob stood between Ana and Cleo in round 1, and Ana has been put behind Dora of round 2 since
    scores = {CLEO.id: 1.0, DORA.id: 2.0, ANA.id: 2.0}
    taken = took_back((CLEO, DORA, ANA), noted(BOB, ANA, CLEO, "1"), settings=FAIR, scores=scores)
    assert names(taken.arrangement.after) == ["Cleo", "Bob", "Dora", "Ana"]
    assert taken.arrangement.scores == {**scores, BOB.id: 1.0}


def test_a_skipped_song_is_sorted_no_later_than_what_was_next() -> None:
    playing = replace(ANA, status="playing", timestamp_play=NOW)
    skipped = replace(playing, status="skipped")
    queue = a_queue(settings=FAIR, waiting=[BOB], head=1, round=3.0)
    deed = Deed(verb="skip", by="host", at_ms=NOW, items=(Noted(0, playing.as_line(), skipped.as_line()),))
    view = QueueView(queue, (skipped, BOB), 1, "")
    taken = undone(deed, "", Scene(view, {BOB.id: 2.0}, {}), "host").arrangement
    assert (taken.keep, taken.past, names(taken.after)) == (0, 0, ["Ana", "Bob"])
    assert taken.scores == {ANA.id: 2.0, BOB.id: 2.0}


# -- what stands beside the list -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "texts", "now", "after"),
    [
        ("turns", ("2", "1"), "1", "2"),  # nothing happened since
        ("turns", ("1", ""), "", "1"),
        ("turns", ("2", "1"), "2.5", "3.5"),  # charged for another song since
        ("turns", ("", "1"), "1.5", "0.5"),
        ("points", ("5000|7", "8000|7"), "8000|7", "5000|7"),
        ("points", ("5000|7", "8000|7"), "6000|9", "3000|9"),  # bought something since
        ("points", ("5000|7", "8000|7"), "1000|9", "0|9"),  # never below nothing
        ("moves", ("", "[1]"), "[1,2]", None),  # moved once more by somebody else
    ],
)
def test_what_was_charged_since_stays_charged(part: Part, texts: Any, now: str, after: str | None) -> None:
    fields: Any = {part: {"x": texts}}
    taken = took_back((), noted(BOB, None, None), fields=fields, now={part: {"x": now} if now else {}})
    assert taken.arrangement.fields.get(part, {}).get("x") == after


def test_what_no_longer_waits_gets_nothing_back() -> None:
    fields: Any = {"turns": {"p:bob": ("1", "2")}}
    edited = noted(BOB, None, None, after=replace(BOB, key_shift=1).as_line())
    taken = took_back((ANA,), edited, verb="edit", fields=fields, now={"turns": {"p:bob": "2"}})
    assert taken.arrangement.fields == {}
    assert names(taken.arrangement.after) == ["Ana"]


# -- settings --------------------------------------------------------------------------------------------------


def test_other_settings_stay_as_they_are() -> None:
    now = QueueSettings(title="Hall", track_space=3)
    taken = took_back((), verb="settings", settings=now, changed={"title": ("X", "Hall")})
    assert taken.arrangement.settings == QueueSettings(title="X", track_space=3)


def test_what_somebody_has_set_since_is_not_taken_from_them() -> None:
    with pytest.raises(SettingsOvertaken, match="title"):
        took_back((), verb="settings", settings=QueueSettings(title="Yard"), changed={"title": ("X", "Hall")})


# -- in words --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("items", "sentence"),
    [
        ((ANA,), "The song of Ana is back on the queue."),
        ((ANA, BOB, CLEO), "The songs of Ana, Bob and Cleo are back on the queue."),
        ((ANA, BOB, CLEO, DORA), "4 songs are back on the queue."),
    ],
)
def test_a_host_reads_what_came_back(items: tuple[Item, ...], sentence: str) -> None:
    assert took_back((), *(noted(item, None, None) for item in items)).sentence == sentence


def test_what_is_there_again_is_left_out() -> None:
    taken = took_back((ANA,), noted(ANA, None, BOB), noted(BOB, ANA, None), verb="clear")
    assert names(taken.arrangement.after) == ["Ana", "Bob"]
    assert taken.sentence == "The song of Bob is back on the queue. Left out: the song of Ana."
