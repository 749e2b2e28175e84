"""What an add is refused for, at which moment, and who passes."""

import asyncio
from random import Random
from typing import Any

import pytest

from api_queue.accounts.rate_limits import RateLimiter
from api_queue.accounts.redis_store import RedisBuckets
from api_queue.errors import (
    AddingClosed,
    BadPerformerName,
    DuplicatePerformer,
    DuplicateTrack,
    EndsTooLate,
    GuestFull,
    QueueFull,
    RateLimited,
    TooMany,
    TrackNotOffered,
    UnknownTrack,
)
from api_queue.queues.adding import AddService
from api_queue.queues.changes import Changes
from api_queue.queues.models import KIND_LIMITS
from api_queue.queues.settings import iso
from api_queue.settings import Settings
from api_queue.web.identity import Caller
from api_queue.web.rate_limits import RateLimits
from tests.queues.agreement import check_index
from tests.queues.builders import NOW
from tests.queues.party import ADMIN, HOST, Party, X, guest, somebody


def worker(party: Party, *buckets: tuple[str, int, float]) -> AddService:
    """Another one, with buckets of its own; what is refused before them may be so three times a minute."""
    parts, rates = party.parts, RateLimits(Settings(rate_adds_per_minute=3))
    limiter = RateLimiter(RedisBuckets(parts.redis), rates, party.clock)
    return AddService(parts.queue_store, parts.tracks, party.clock, lambda *_: buckets, limiter, Random())


async def test_a_full_queue_tells_when_a_place_comes_free(party: Party) -> None:
    # Given one that plays and one that waits, which is all that fit
    await party.set(max_items=1)
    await party.add()
    await party.press("play")
    waiting = await party.add()
    # When a guest adds, then they may try again when the waiting one starts
    with pytest.raises(QueueFull) as refused:
        await party.add()
    assert waiting.expected_ms is not None
    assert refused.value.facts["retry_after"] == -(-(waiting.expected_ms - NOW) // 1000)
    assert refused.value.facts["max_items"] == 1


async def test_a_full_queue_that_stands_still_names_no_time(party: Party) -> None:
    await party.set(max_items=1)
    await party.add()
    with pytest.raises(QueueFull, match="when the music goes on") as refused:
        await party.add()
    assert "retry_after" not in refused.value.facts


async def test_a_guest_who_has_enough_waits_for_their_own_first_item(party: Party) -> None:
    # Given a guest's item behind another guest's
    await party.set(max_per_guest=1)
    await party.add(by=guest("ana"))
    await party.press("play")
    await party.add(by=guest("bo"))
    own = await party.add(by=guest("cleo"))
    # When that guest adds again, then the time is that of their own, and others still add
    with pytest.raises(GuestFull) as refused:
        await party.add(by=guest("cleo"))
    assert own.expected_ms is not None
    assert refused.value.facts["retry_after"] == -(-(own.expected_ms - NOW) // 1000)
    assert (await party.add(by=guest("dan"))).position == 3


async def test_an_item_that_was_taken_back_makes_room(party: Party) -> None:
    await party.set(max_per_guest=1)
    placed = await party.add()
    await party.parts.items.remove(X, placed.item.id, guest())
    assert (await party.add()).position == 1


async def test_an_item_that_plays_no_longer_counts_for_its_guest(party: Party) -> None:
    await party.set(max_per_guest=1)
    await party.add()
    await party.press("play")
    assert (await party.add()).position == 1


async def test_a_host_passes_every_limit(party: Party) -> None:
    # Given a queue that takes nothing more from guests
    await party.set(max_items=1, max_per_guest=1, duplicate_track_window=9, duplicate_performer_window=9)
    await party.add()
    await party.set(accepting=False, event_start=iso(NOW + 1000), event_end=iso(NOW + 2000))
    # When a host and an admin add, then it does
    assert (await party.add(by=HOST)).position == 2
    assert (await party.add(by=ADMIN)).position == 3


async def test_a_helper_is_bound_by_the_limits(party: Party) -> None:
    await party.set(max_items=1)
    await party.add()
    with pytest.raises(QueueFull):
        await party.add(by=somebody("helper"))


async def test_a_demo_queue_ends_at_ten_even_for_an_admin(party: Party) -> None:
    made = await party.parts.queues.create("demo", "trial", {}, ADMIN)
    adding = party.parts.adding
    for number in range(10):
        await adding.add(made.queue.name, party.tracks[0], f"No {number}", ADMIN)
    with pytest.raises(QueueFull) as refused:
        await adding.add(made.queue.name, party.tracks[0], "One more", ADMIN)
    assert refused.value.facts["max_items"] == 10


async def test_an_empty_bucket_tells_how_long_it_takes(party: Party) -> None:
    # Given one add a minute for each caller
    items = worker(party, ("g:ana", 1, 60_000))
    await items.add(X, party.tracks[0], "Ana", guest())
    # When the second comes ten seconds later
    party.clock.pass_s(10)
    with pytest.raises(RateLimited) as refused:
        await items.add(X, party.tracks[0], "Ana", guest())
    # Then it is told to wait for the rest
    assert refused.value.facts["retry_after"] == 50


async def test_new_cookies_share_the_bucket_of_their_address(party: Party) -> None:
    # Given two adds a minute for an address
    items = worker(party, ("a:10.0.0.1", 2, 30_000))
    for name in ("ana", "ana-again"):
        await items.add(X, party.tracks[0], "Ana", guest(name))
    # When its third guest adds, then they wait, and have spent nothing of their own
    with pytest.raises(RateLimited) as refused:
        await items.add(X, party.tracks[0], "Ana", guest("ana-once-more"))
    assert refused.value.facts["retry_after"] == 30


async def test_of_all_that_is_played_only_what_was_skipped_may_come_again(party: Party) -> None:
    # Given one that is played to its end and one that a host skips
    await party.set(duplicate_track_window=60, duplicate_performer_window=60)
    await party.add("Ana", guest("ana"), track=0)
    await party.add("Bo", guest("bo"), track=1)
    await party.press("play")
    party.clock.pass_s(5)
    await party.press("next")
    party.clock.pass_s(30)
    await party.press("skip")
    # When both are asked for once more, by workers that know nothing of before
    items = worker(party)
    with pytest.raises(DuplicateTrack):
        await items.add(X, party.tracks[0], "Cleo", guest("cleo"))
    with pytest.raises(DuplicatePerformer):
        await items.add(X, party.tracks[2], "Ana", guest("cleo"))
    # Then only the skipped one passes
    assert (await items.add(X, party.tracks[1], "Bo", guest("cleo"))).position == 1


@pytest.mark.parametrize("by", [HOST, ADMIN])
async def test_a_host_has_a_rate_too(party: Party, by: Caller) -> None:
    items = worker(party, ("t:one", 1, 60_000))
    await items.add(X, party.tracks[0], "Ana", by)
    with pytest.raises(RateLimited):
        await items.add(X, party.tracks[0], "Ana", by)


@pytest.mark.parametrize("by", [guest(), ADMIN])
async def test_a_queue_that_anybody_can_make_holds_only_so_many(
    party: Party, monkeypatch: pytest.MonkeyPatch, by: Caller
) -> None:
    # Given a guest's queue that asks for more than there may be
    monkeypatch.setitem(KIND_LIMITS, "transient", 3)
    name = (await party.parts.queues.create("transient", None, {"max_items": 100_000}, guest())).queue.name
    for _ in range(3):
        await party.parts.adding.add(name, party.tracks[0], "Ana", by)
    # When one more is added, then it is refused with the bound that holds
    with pytest.raises(QueueFull, match=r"full \(3 waiting items\)"):
        await party.parts.adding.add(name, party.tracks[0], "Ana", by)


@pytest.mark.parametrize(
    ("track_id", "performer", "settings", "error"),
    [
        ("nope", "Ana", {}, UnknownTrack),
        (None, "", {}, BadPerformerName),
        (None, "Ana", {"filter_tags": ["nobody:has"]}, TrackNotOffered),
        (None, "Ana", {"accepting": False}, AddingClosed),
    ],
)
async def test_adds_that_are_refused_at_once_are_counted(
    party: Party, track_id: str | None, performer: str, settings: dict[str, Any], error: type[Exception]
) -> None:
    # Given a guest who was refused as often as a guest may add in a minute
    await party.set(**settings)
    items = worker(party)
    for _ in range(3):
        with pytest.raises(error):
            await items.add(X, track_id or party.tracks[0], performer, guest())
    # When they try again, then that is too often; another guest still hears why
    with pytest.raises(RateLimited):
        await items.add(X, track_id or party.tracks[0], performer, guest())
    with pytest.raises(error):
        await items.add(X, track_id or party.tracks[0], performer, guest("bo"))


@pytest.mark.parametrize(
    ("settings", "read"),
    [
        ({"duplicate_track_window": 1}, []),
        ({"duplicate_performer_window": 1}, []),
        ({"max_items": 1}, [(X, 0, 100)]),
        ({"max_per_guest": 1}, [(X, 0, 1000)]),
    ],
)
async def test_a_refusal_reads_no_more_than_it_tells(
    party: Party, monkeypatch: pytest.MonkeyPatch, settings: dict[str, Any], read: list[Any]
) -> None:
    await party.set(**settings)
    await party.add()
    asked, look = [], party.parts.queue_store.view

    async def noted(*args: Any) -> Any:
        asked.append(args)
        return await look(*args)

    monkeypatch.setattr(party.parts.queue_store, "view", noted)
    with pytest.raises(TooMany):
        await party.add()
    assert asked == read


async def test_what_would_end_after_the_event_is_told_how_long_it_may_be(party: Party) -> None:
    # Given ten seconds from the next start to the end of the event
    await party.set(event_end=iso(NOW + 11_000))
    with pytest.raises(EndsTooLate) as refused:
        await party.add()
    assert (refused.value.facts["longest_ms"], refused.value.facts["longest"]) == (10_000, "0:10")


async def test_a_start_set_by_hand_counts_against_the_end_of_the_event(party: Party) -> None:
    # Given an event with room for two tracks, whose first waits until shortly before the end
    first = await party.add()
    length_ms = first.item.track_duration_ms
    await party.set(event_end=iso(NOW + 10 * length_ms))
    await party.parts.items.edit(X, first.item.id, Changes(timestamp_play=NOW + 9 * length_ms), HOST)
    # When another is added behind it, then it does not fit
    with pytest.raises(EndsTooLate):
        await party.add()


async def test_of_two_adds_at_once_for_the_last_minutes_one_fits(party: Party) -> None:
    # Given an event with room for one more
    facts = await party.parts.tracks.facts(party.tracks[0])
    await party.set(event_end=iso(NOW + 1000 + facts.duration_ms + 1000))
    # When ten guests add at once
    answers = await asyncio.gather(*(party.add(f"No {n}", guest(f"g{n}")) for n in range(10)), return_exceptions=True)
    # Then one of them is on the queue and the others know why not
    refused = [answer for answer in answers if isinstance(answer, EndsTooLate)]
    assert (len(refused), len(await party.waiting())) == (9, 1)


async def test_of_many_adds_at_once_as_many_fit_as_there_are_places(party: Party) -> None:
    await party.set(max_items=3)
    answers = await asyncio.gather(*(party.add(f"No {n}", guest(f"g{n}")) for n in range(8)), return_exceptions=True)
    assert sum(isinstance(answer, QueueFull) for answer in answers) == 5
    assert len(await party.waiting()) == 3
    await check_index(party.parts.redis, X)


async def test_of_two_workers_at_once_for_the_last_minutes_one_fits(party: Party) -> None:
    # Given an event with room for one more, and workers that know nothing of each other
    facts = await party.parts.tracks.facts(party.tracks[0])
    await party.set(event_end=iso(NOW + 1000 + facts.duration_ms + 1000))
    workers = [worker(party) for _ in range(4)]
    # When each of them adds, then one of the items is on the queue
    adds = (items.add(X, party.tracks[0], "Ana", guest()) for items in workers)
    answers = await asyncio.gather(*adds, return_exceptions=True)
    assert sum(isinstance(answer, EndsTooLate) for answer in answers) == 3
    assert len(await party.waiting()) == 1


async def test_a_rush_of_adds_before_the_end_of_an_event_wears_nobody_out(party: Party) -> None:
    await party.set(event_end=iso(NOW + 86_400_000))
    await asyncio.gather(*(party.add(f"No {n}", guest(f"g{n}")) for n in range(30)))
    assert len(await party.waiting()) == 30
