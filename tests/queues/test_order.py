"""The order as pure rules: who pays, which round, and that nobody gains by anything but waiting."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.queues.models import Item
from api_queue.queues.order import bill, payers, sorted_anew
from api_queue.queues.settings import QueueSettings
from api_queue.types import GuestId
from tests.queues.builders import an_item
from tests.queues.fair_night import Night

GUESTS = ["ana", "bob", "cleo", "dora"]
FAIR = QueueSettings(order="fair", coming_soon_count=0)


# -- who pays --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("performer", "charges"),
    [
        ("Ana", {"p:ana": 1, "o:g": 1}),
        ("ANA & Ana", {"p:ana": 1, "o:g": 1}),
        ("Ana & Bob", {"p:ana": 0.5, "p:bob": 0.5, "o:g": 0.5}),
        ("Ana & Bob & Cleo", {"p:ana": 0.5, "p:bob": 0.5, "p:cleo": 0.5, "o:g": 0.5}),
    ],
)
def test_a_duet_costs_half_each(performer: str, charges: dict[str, float]) -> None:
    assert payers(bill(an_item(performer, owner="g")), {}) == charges


def test_a_table_has_one_turn_however_many_sing() -> None:
    assert payers(bill(an_item("Ana & Bob", owner="g")), {GuestId("g"): "7"})["g:7"] == 1


def test_what_the_host_adds_is_charged_to_the_performers_alone() -> None:
    item = replace(an_item("Ana", owner="the-host"), added_by="host")
    assert payers(bill(item), {GuestId("the-host"): "7"}) == {"p:ana": 1}


# -- rounds ----------------------------------------------------------------------------------------------------


def test_everybodys_first_song_comes_before_anybodys_second() -> None:
    night = Night()
    for guest in ("ana", "ana", "ana", "bob", "bob", "cleo"):
        night.add(guest)
    assert night.order == ["ana", "bob", "cleo", "ana", "bob", "ana"]


def test_the_current_singer_counts() -> None:
    night = Night()
    night.add("ana")
    night.play()
    night.add("bob")
    night.add("ana")
    night.add("cleo")
    assert night.order == ["bob", "cleo", "ana"]


def test_a_skip_is_no_turn() -> None:
    night = Night()
    night.add("ana")
    night.skip(night.play())
    night.add("bob")
    night.add("ana")
    assert night.order == ["bob", "ana"]
    assert night.turns["o:ana"] == 1


def test_a_latecomer_gains_one_round_and_not_all() -> None:
    # Given a night in which Ana and Bob have sung ten times each
    night = Night()
    for _ in range(11):
        night.add("ana")
        night.add("bob")
    for _ in range(20):
        night.play()
    # When Cleo comes and adds five
    for _ in range(5):
        night.add("cleo")
    # Then she is next in no more than the rounds of one who was there
    assert night.order == ["cleo", "ana", "bob", "cleo", "cleo", "cleo", "cleo"]
    assert sorted(night.scores[item.id] for item in night.waiting if item.performer_name == "cleo") == [
        9,
        10,
        11,
        12,
        13,
    ]


def test_so_late_that_nothing_waits_any_more_the_last_round_counts() -> None:
    night = Night()
    for _ in range(6):
        night.add("ana")
    for _ in range(6):
        night.play()
    night.add("cleo")
    assert night.scores[night.waiting[0].id] == 4


def test_a_table_cannot_flood() -> None:
    # Given four at table 7 and Zoe on her own
    night = Night(tables={GuestId(guest): "7" for guest in GUESTS})
    for guest in GUESTS:
        night.add(guest)
    # When Zoe adds one, then only one of the table's is before her
    night.add("zoe")
    assert night.order[:2] == ["ana", "zoe"]


def test_behind_what_comes_soon_and_never_among_it() -> None:
    night = Night(soon=3)
    for _ in range(5):
        night.add("ana")
    night.add("bob")
    night.add("cleo")
    assert night.order == ["ana", "ana", "ana", "bob", "cleo", "ana", "ana"]


def test_who_comes_behind_what_comes_soon_keeps_their_own_round() -> None:
    # Given three who come soon and Bob, who adds five at once
    night = Night(soon=3)
    for guest in ("ana", "ana", "ana", "ana", "bob", "bob", "bob", "bob", "bob"):
        night.add(guest)
    # When Cleo comes, then only the first of Bob's is before hers
    night.add("cleo")
    assert night.order[3:6] == ["bob", "cleo", "bob"]


def test_latecomers_do_not_come_before_each_other() -> None:
    night = Night()
    for _ in range(6):
        night.add("ana")
        night.play()
    night.add("ana")
    for guest in ("bob", "cleo", "dora"):
        night.add(guest)
    assert night.order == ["bob", "cleo", "dora", "ana"]
    assert {night.scores[item.id] for item in night.waiting[:3]} == {5}


# -- nobody gains ----------------------------------------------------------------------------------------------


@given(st.lists(st.sampled_from(["Ana", "Zed", "Yo", "Ana & Zed"]), max_size=8))
def test_another_performers_name_gains_nothing(typed: list[str]) -> None:
    """A guest who types other names is in the rounds of one who does not; a duet counts half."""
    honest, other = Night(), Night()
    for night in (honest, other):
        for guest in ("bob", "bob", "bob", "bob"):
            night.add(guest)
    for name in typed:
        honest.add("ana", "Ana & Bea" if "&" in name else "Ana")
        other.add("ana", name)
    rounds = [[n.scores[i.id] for i in n.waiting if i.session_owner == "ana"] for n in (honest, other)]
    assert rounds[1] >= rounds[0]


def test_another_cookie_with_the_same_name_gains_nothing() -> None:
    night = Night()
    night.add("bob")
    night.add("bob")
    night.add("ana-1", "Ana")
    night.add("ana-2", "Ana")
    assert night.order == ["bob", "Ana", "bob", "Ana"]


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=12), st.sampled_from(["ana", "ana & bob"]))
def test_adding_and_taking_off_gains_nothing(tries: list[tuple[bool, int]], performer: str) -> None:
    # Given a queue, and Ana's last song on it
    night = Night()
    for guest in ("ana", "bob", "cleo", "ana", "bob", "bob"):
        night.add(guest)
    mine = night.add("ana", performer)
    index, score = night.waiting.index(mine), night.scores[mine.id]
    # When more is added and taken off again
    added: list[Item] = []
    for adds, which in tries:
        if adds:
            added.append(night.add("ana", "ana" if which % 2 else "ana & zed"))
        elif added:
            night.take_off(added.pop(which % len(added)))
    for item in added:
        night.take_off(item)
    # Then it stands where it stood
    assert (night.waiting.index(mine), night.scores[mine.id]) == (index, score)


WISHES = st.lists(
    st.tuples(st.sampled_from(GUESTS), st.sampled_from(["add", "add", "play", "skip", "take off"])), max_size=60
)


def run(wishes: list[tuple[str, str]], soon: int) -> Night:
    night = Night(soon=soon)
    for guest, wish in wishes:
        own = [item for item in night.waiting if item.session_owner == guest]
        if wish == "add":
            night.add(guest)
        elif wish == "take off" and own:
            night.take_off(own[0])
        elif wish != "take off" and night.waiting:
            playing = night.play()
            if wish == "skip":
                night.skip(playing)
        in_order = [night.scores[item.id] for item in night.waiting]
        assert in_order == sorted(in_order)
        assert all(turns > 0 for turns in night.turns.values())
    return night


@given(WISHES, st.integers(0, 3))
def test_the_list_is_always_in_the_order_of_its_rounds(wishes: list[tuple[str, str]], soon: int) -> None:
    run(wishes, soon)


@given(st.lists(st.sampled_from(GUESTS), min_size=20, max_size=60))
def test_nobody_waits_more_than_one_extra_round(adds: list[str]) -> None:
    """Of guests who are all there from the start and always have a song waiting none is a turn behind another."""
    night = Night()
    for guest in GUESTS:
        night.add(guest)
    for guest in adds:
        night.add(guest)
        played = night.play()
        if all(item.session_owner != played.session_owner for item in night.waiting):
            night.add(played.session_owner)
        turns = [night.sung[guest] for guest in GUESTS]
        assert max(turns) - min(turns) <= 1


# -- sorted anew -----------------------------------------------------------------------------------------------


def test_the_turns_of_the_night_are_those_that_were_sung() -> None:
    over = [an_item("Ana", status="played"), an_item("Ana", status="skipped"), an_item("Ana", status="failed")]
    new = sorted_anew(over, [], FAIR, {})
    assert new.turns == {"o:guest-a": 1, "p:ana": 1}


@given(st.lists(st.sampled_from(GUESTS), max_size=20), st.integers(0, 5))
def test_sorted_anew_is_as_if_all_had_been_added_in_a_fair_queue(guests: list[str], soon: int) -> None:
    night = Night(soon=soon)
    in_line = [night.add(guest) for guest in guests]
    new = sorted_anew([], in_line, replace(FAIR, coming_soon_count=soon), {})
    assert [item for item, _ in new.waiting] == night.waiting
    assert new.turns == night.turns


@given(st.lists(st.integers(-3, 3), max_size=20), st.integers(0, 5))
def test_by_weight_what_comes_soon_stays_and_the_rest_is_sorted(weights: list[int], soon: int) -> None:
    waiting = [replace(an_item(), weight=float(weight)) for weight in weights]
    new = sorted_anew([], waiting, QueueSettings(order="weight", coming_soon_count=soon), {})
    assert [item for item, _ in new.waiting][:soon] == waiting[:soon]
    scores = [score for _, score in new.waiting]
    assert scores == sorted(scores)
    rest = [item.weight for item, _ in new.waiting][soon:]
    assert rest == sorted(rest)
