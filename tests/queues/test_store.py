"""The scripts on a real Redis: each verb, what it counts, what it refuses."""

import asyncio
import json
from typing import Any

import pytest
from msgspec.structs import replace

from api_queue.drivers.redis import Redis
from api_queue.errors import UnknownQueue
from api_queue.formats.csv_items import decode_line
from api_queue.queues.keys import key
from api_queue.queues.models import Added, Asked, Edit, Item, Limits, Mute, Refused
from api_queue.queues.session import LastReport, Stale
from api_queue.queues.settings import QueueSettings
from api_queue.queues.store import RedisQueues
from api_queue.queues.transitions import Stage, go_on, play, stop
from api_queue.types import DeviceId, GuestId, ItemId, QueueName
from tests.engines.keys import keys_like
from tests.queues.builders import NOW, an_item, names

X = QueueName("x")


@pytest.fixture
async def store(redis: Redis) -> RedisQueues:
    store = RedisQueues(redis, events_kept=1000)
    assert await store.create(X, "named", QueueSettings(title="X"), NOW)
    return store


async def put(store: RedisQueues, *items: Item, limits: Limits | None = None) -> Added | Asked | Refused:
    """Adds all; the last answer."""
    answer: Added | Asked | Refused = Refused("stale")
    for item in items:
        queue = await store.queue(X)
        answer = await store.add(X, item, limits or Limits(), queue.settings_rev, None, NOW)
    return answer


async def events(redis: Redis) -> list[dict[str, Any]]:
    entries = await redis.call("XRANGE", key(X, "events"), "-", "+")
    return [{"name": fields["name"], **json.loads(fields["data"])} for _, fields in entries]


async def test_the_first_four_columns_are_the_seeds(store: RedisQueues, redis: Redis) -> None:
    # Given an item whose performer has a comma, a quote and an emoji
    item = an_item('Zoë, "the voice" 🎤')
    # When it is added
    await put(store, item)
    # Then Redis holds one CSV line that begins as the seed's and reads back as it was
    (line,) = await redis.call("LRANGE", key(X, "items"), 0, -1)
    assert decode_line(line)[:4] == ["t1", 'Zoë, "the voice" 🎤', "guest-a", ""]
    assert Item.from_line(line) == item


async def test_an_add_says_what_waits_before_it(store: RedisQueues) -> None:
    await put(store, an_item(seconds=60), an_item(seconds=30))
    answer = await put(store, an_item())
    assert isinstance(answer, Added)
    assert (answer.ahead, answer.ahead_ms, answer.uneven) == (2, 90_000, False)


@pytest.mark.parametrize("name", ["", "}x", "{}", "Party"])
async def test_what_cannot_be_a_name_names_no_queue(store: RedisQueues, name: str) -> None:
    """Nor keys, which would be in several slots of a Cluster: `{}` is no hash tag."""
    with pytest.raises(UnknownQueue):
        await store.queue(QueueName(name))


async def test_each_change_is_one_revision_and_one_event(store: RedisQueues, redis: Redis) -> None:
    before = (await store.queue(X)).rev
    item = an_item()
    await put(store, item)
    await store.remove(X, item, NOW)
    assert [(e["name"], e["rev"]) for e in await events(redis)][-2:] == [
        ("items_change", before + 1),
        ("items_change", before + 2),
    ]
    assert (await store.queue(X)).rev == before + 2


async def test_an_add_judged_by_old_settings_is_refused(store: RedisQueues) -> None:
    # Given settings that changed after the caller read them
    queue = await store.queue(X)
    await store.put_settings(X, QueueSettings(max_items=1), queue.settings_rev, NOW)
    # When an add comes with the old ones
    answer = await store.add(X, an_item(), Limits(), queue.settings_rev, None, NOW)
    # Then nothing is added
    assert answer == Refused("stale")
    assert (await store.queue(X)).total == 0


@pytest.mark.parametrize(
    ("limits", "why", "fact"),
    [
        (Limits(max_items=1), "full", "1"),
        (Limits(max_per_guest=1), "guest", "1"),
        (Limits(track_window_ms=60_000), "track", ""),
        (Limits(performer_window_ms=60_000), "performer", ""),
    ],
)
async def test_each_limit_refuses_and_changes_nothing(
    store: RedisQueues, redis: Redis, limits: Limits, why: Any, fact: str
) -> None:
    await put(store, an_item())
    told = len(await events(redis))
    assert await put(store, an_item(), limits=limits) == Refused(why, fact)
    assert (await store.queue(X)).total == 1
    assert len(await events(redis)) == told


async def test_a_played_track_counts_for_its_window(store: RedisQueues) -> None:
    # Given a track that started just now and is no longer waiting
    await put(store, an_item("Ana"))
    await transition(store, play)
    # When it is asked for within and after the window
    within = await put(store, an_item("Bo"), limits=Limits(track_window_ms=60_000))
    # Then only within is refused, with the time of its start
    assert within == Refused("track", str(NOW + 1000))
    queue = await store.queue(X)
    later = await store.add(X, an_item("Bo"), Limits(track_window_ms=60_000), queue.settings_rev, None, NOW + 61_001)
    assert isinstance(later, Added)


async def test_a_bucket_that_is_empty_refuses_with_the_wait(store: RedisQueues) -> None:
    limits = Limits(buckets=(("g:a", 1, 1000),))
    assert isinstance(await put(store, an_item(), limits=limits), Added)
    assert await put(store, an_item(), limits=limits) == Refused("rate", "1000")


async def test_a_muted_guest_may_not_add_until_it_ends(store: RedisQueues) -> None:
    await store.mute(X, Mute(GuestId("guest-a"), NOW + 5000, "singing | too loud"))
    refused = await put(store, an_item())
    assert refused == Refused("muted", f"{NOW + 5000}|singing | too loud")
    assert await store.standing(X, GuestId("guest-a")) == Mute(GuestId("guest-a"), NOW + 5000, "singing | too loud")
    queue = await store.queue(X)
    assert isinstance(await store.add(X, an_item(), Limits(), queue.settings_rev, None, NOW + 5001), Added)


async def test_after_the_end_of_the_party_its_guests_are_out(store: RedisQueues) -> None:
    await put(store, an_item())
    assert await store.end_guests(X) == 1
    assert await put(store, an_item()) == Refused("ended")
    assert isinstance(await put(store, an_item(owner="somebody-new")), Added)


async def test_an_item_moves_before_another_and_to_the_end(store: RedisQueues) -> None:
    a, b, c = an_item("A"), an_item("B"), an_item("C")
    await put(store, a, b, c)
    await store.change(X, Edit(c, c, a), None, NOW)
    assert names((await store.view(X)).items) == ["C", "A", "B"]
    await store.change(X, Edit(c, c, "end"), None, NOW)
    assert names((await store.view(X)).items) == ["A", "B", "C"]


async def test_a_change_of_an_item_that_changed_meanwhile_is_refused(store: RedisQueues) -> None:
    a, b = an_item("A"), an_item("B")
    await put(store, a, b)
    renamed = Item.from_line(a.as_line().replace("A,", "Z,"))
    assert await store.change(X, Edit(a, renamed), None, NOW) is not None
    assert await store.change(X, Edit(a, a, "end"), None, NOW) is None
    assert await store.remove(X, a, NOW) is None
    assert await store.change(X, Edit(b, b, a), None, NOW) is None
    assert names((await store.view(X)).items) == ["Z", "B"]


async def test_what_waits_is_summed_beside_the_list(store: RedisQueues, redis: Redis) -> None:
    a, b = an_item("A", seconds=60), an_item("B", seconds=30, track="t2", owner="guest-b")
    await put(store, a, b)
    fixed = Item.from_line(b.as_line().replace(",,", f",{NOW},", 1))
    await store.change(X, Edit(b, fixed), None, NOW)
    queue = await store.queue(X)
    assert (queue.waiting, queue.waiting_ms, queue.fixed) == (2, 90_000, 1)
    await transition(store, play)
    await store.remove(X, fixed, NOW)
    queue = await store.queue(X)
    assert (queue.waiting, queue.waiting_ms, queue.fixed, queue.head) == (0, 0, 0, 1)
    assert await redis.call("HGETALL", key(X, "counts")) == {}


async def test_play_and_stop_put_the_item_back_in_its_place(store: RedisQueues) -> None:
    await put(store, an_item("A"), an_item("B"))
    await transition(store, play)
    playing = await store.view(X)
    assert (playing.queue.head, playing.queue.session.state, playing.items[0].status) == (1, "playing", "playing")
    await transition(store, stop)
    stopped = await store.view(X)
    assert (stopped.queue.head, stopped.queue.waiting_ms, names(stopped.to_come)) == (0, 120_000, ["A", "B"])


async def test_a_transition_worked_out_from_an_old_session_is_refused(store: RedisQueues) -> None:
    queue = await store.queue(X)
    await store.transition(queue, replace(queue.session, volume=50), (), None, NOW)
    assert await store.transition(queue, replace(queue.session, volume=20), (), None, NOW) is None
    assert (await store.queue(X)).session.volume == 50


async def test_what_is_added_meanwhile_stops_no_transition(store: RedisQueues) -> None:
    # Given that play was worked out for the first of two
    await put(store, an_item("A"), an_item("B"))
    view = await store.view(X)
    a = view.items[0]
    started = [(a, a.started(NOW))]
    # When somebody adds behind them, then it plays all the same, as the next revision
    await put(store, an_item("C"))
    playing = replace(view.queue.session, state="playing", item_id=a.id)
    assert await store.transition(view.queue, playing, started, None, NOW, a) == view.queue.rev + 2
    assert names((await store.view(X)).to_come) == ["B", "C"]


async def test_the_end_of_a_list_to_which_was_added_meanwhile_is_refused(store: RedisQueues) -> None:
    await put(store, an_item("A"))
    await transition(store, play)
    view = await store.view(X)
    await put(store, an_item("B"))
    step = go_on(Stage(view.queue.session, None, view.current, None, 0), NOW, "played")
    assert await store.transition(view.queue, step.session, step.changed, None, NOW, None) is None
    assert (await store.view(X)).current == view.current


async def test_a_transition_of_an_item_that_was_renamed_is_refused(store: RedisQueues) -> None:
    await put(store, an_item("A"))
    view = await store.view(X)
    a = view.items[0]
    await store.change(X, Edit(a, replace(a, performer_name="Z")), None, NOW)
    assert await store.transition(view.queue, view.queue.session, [(a, a.started(NOW))], None, NOW, a) is None
    assert names((await store.view(X)).to_come) == ["Z"]


async def test_clear_leaves_what_plays(store: RedisQueues, redis: Redis) -> None:
    await put(store, an_item("A"), an_item("B"), an_item("C"))
    await transition(store, play)
    view = await store.view(X)
    await store.clear(view.queue, view.to_come, NOW)
    cleared = await store.view(X)
    assert names(cleared.items) == ["A"]
    assert (cleared.queue.waiting_ms, await redis.call("HLEN", key(X, "index"))) == (0, 1)


async def test_trim_takes_the_oldest_only_if_they_are_still_those(store: RedisQueues) -> None:
    await put(store, an_item("A"), an_item("B"))
    await transition(store, play)
    await transition(store, lambda stage, now: go_on(stage, now, "played"))
    view = await store.view(X)
    assert await store.trim(X, [view.items[1]], NOW) is None
    assert await store.trim(X, [view.items[0]], NOW) is not None
    trimmed = await store.view(X)
    assert (names(trimmed.items), trimmed.queue.head) == (["B"], 1)


async def test_a_deleted_queue_is_gone_and_its_readers_are_told(store: RedisQueues, redis: Redis) -> None:
    await put(store, an_item())
    rev = (await store.queue(X)).rev
    await store.delete(X, NOW)
    with pytest.raises(UnknownQueue):
        await store.queue(X)
    assert (await events(redis))[-1] | {"ts": 0} == {
        "name": "settings_change",
        "rev": rev + 1,
        "type": "settings",
        "ts": 0,
        "settings": None,
    }
    assert set(await keys_like(redis, "q:{x}:*")) - {"q:{x}:bell"} == {"q:{x}:events"}
    # And a new one of the same name goes on where it ended
    assert await store.create(X, "named", QueueSettings(), NOW)
    assert (await store.queue(X)).rev == rev + 2


async def test_two_queues_of_one_name_cannot_be(store: RedisQueues) -> None:
    assert not await store.create(X, "named", QueueSettings(), NOW)


async def test_a_lease_is_renewed_only_by_its_holder(store: RedisQueues) -> None:
    queue = await store.queue(X)
    claimed = replace(queue.session, speaker=DeviceId("d1"), generation=1, lease_until_ms=NOW + 10)
    assert await store.transition(queue, claimed, (), None, NOW) == queue.rev + 1
    report = LastReport(1, NOW)
    assert await store.renew_lease(X, DeviceId("d1"), report, NOW + 99) is None
    assert (await store.queue(X)).session.lease_until_ms == NOW + 99
    assert await store.renew_lease(X, DeviceId("d2"), report, NOW + 500) == Stale(1, None)
    assert (await store.queue(X)).rev == queue.rev + 1


async def test_a_change_of_speaker_worked_out_from_a_shorter_lease_is_refused(store: RedisQueues) -> None:
    # Given a speaker whose heartbeat comes while it is worked out until when the next one has to wait
    queue = await store.queue(X)
    first = replace(queue.session, speaker=DeviceId("d1"), generation=1, lease_until_ms=NOW + 10)
    await store.transition(queue, first, (), None, NOW)
    before = await store.queue(X)
    await store.renew_lease(X, DeviceId("d1"), LastReport(1, NOW), NOW + 99)
    # When the next one is written, then it is worked out anew; what leaves the speaker alone is not
    after = replace(before.session, speaker=DeviceId("d2"), generation=2, lease_until_ms=NOW + 20)
    assert await store.transition(before, after, (), None, NOW) is None
    assert await store.transition(before, replace(before.session, volume=50), (), None, NOW) is not None
    assert (await store.queue(X)).session.lease_until_ms == NOW + 99


async def test_a_forgotten_script_is_taught_again(store: RedisQueues, redis: Redis) -> None:
    await redis.call("SCRIPT", "FLUSH")
    assert isinstance(await put(store, an_item()), Added)


async def test_an_unknown_item_and_an_unknown_queue(store: RedisQueues) -> None:
    assert await store.item(X, ItemId("NOSUCHITEM")) is None
    with pytest.raises(UnknownQueue):
        await store.view(QueueName("nowhere"))


async def transition(store: RedisQueues, rule: Any) -> None:
    view = await store.view(X)
    queue = view.queue
    following = view.to_come[0] if view.to_come else None
    step = rule(Stage(queue.session, None, view.current, following, 0), NOW)
    assert await store.transition(queue, step.session, step.changed, None, NOW, following) == queue.rev + 1


async def test_a_part_of_the_list_knows_what_of_it_waits(store: RedisQueues) -> None:
    # Given two items that were played, one that plays and two that wait
    await put(store, *(an_item(name) for name in "ABCDE"))
    await transition(store, play)
    for _ in range(2):
        await transition(store, lambda stage, now: go_on(stage, now, "played"))
    # When only a part of the list is read
    whole, some, waiting = await store.view(X), await store.view(X, -1, 0), await store.view(X, 0, 9)
    # Then each says rightly which of its items wait and which is the current one
    assert [names(view.to_come) for view in (whole, some, waiting)] == [["D", "E"], ["D"], ["D", "E"]]
    assert [names(view.over) for view in (whole, some, waiting)] == [["A", "B", "C"], ["C"], []]
    assert whole.current == some.current


async def test_a_queue_that_changed_meanwhile_is_not_deleted_by_its_old_revision(store: RedisQueues) -> None:
    rev = (await store.queue(X)).rev
    await put(store, an_item())
    assert not await store.delete(X, NOW, rev)
    assert (await store.queue(X)).total == 1


async def test_creating_while_deleting_leaves_no_queue_that_no_list_knows(store: RedisQueues) -> None:
    for _ in range(50):
        deleting = store.delete(X, NOW)
        creating = store.create(X, "named", QueueSettings(), NOW)
        await asyncio.gather(deleting, creating)
        if not await store.create(X, "named", QueueSettings(), NOW):
            assert X in await store.names()
