"""What the stream is told about queues: snapshots, retained state, beacons."""

import csv
import io
import json
from typing import Any

import pytest

from api_queue.errors import UnknownQueue
from api_queue.queues import wire
from api_queue.queues.keys import key
from api_queue.queues.models import Limits
from api_queue.queues.wire import RETAINED_ITEMS
from api_queue.stream.models import START
from api_queue.types import QueueName
from tests.queues.builders import NOW, an_item
from tests.queues.party import Party, X

NOWHERE = QueueName("nowhere")


async def last_id(party: Party) -> str:
    ((event_id, _),) = await party.parts.redis.call("XREVRANGE", key(X, "events"), "+", "-", "COUNT", 1)
    return str(event_id)


async def retained_items(party: Party) -> dict[str, Any]:
    return json.loads((await party.parts.sources.retained(X))["items"])  # type: ignore[no-any-return]  # an object


async def add_many(party: Party, many: int) -> None:
    store = party.parts.queue_store
    settings_rev = (await store.queue(X)).settings_rev
    for number in range(many):
        await store.add(X, an_item(f"No {number}"), Limits(), settings_rev, None, NOW)


async def test_a_snapshot_is_the_whole_queue_at_its_last_event(party: Party) -> None:
    # Given one that was played, one that plays and one that waits
    await party.add_all("ABC")
    await party.press("play")
    await party.press("next")
    # When a snapshot is taken
    snapshot = await party.parts.sources.snapshot(X)
    # Then it is all of it, at the revision and the place in the stream where the events go on
    view = await party.view()
    assert (snapshot.queue, snapshot.rev, snapshot.event_id) == (X, view.queue.rev, await last_id(party))
    assert json.loads(snapshot.data) == json.loads(wire.json_text(wire.snapshot_json(view, NOW)))
    assert [i["position"] for i in json.loads(snapshot.data)["items"]] == [None, 0, 1]


async def test_a_snapshot_without_events_begins_at_the_start(party: Party) -> None:
    await party.parts.redis.call("DEL", key(X, "events"))
    assert (await party.parts.sources.snapshot(X)).event_id == START
    assert await party.parts.sources.last_event(X) == START


async def test_the_last_event_is_where_a_reader_from_now_on_begins(party: Party) -> None:
    await party.add()
    assert await party.parts.sources.last_event(X) == await last_id(party)


async def test_the_queues_are_those_that_there_are(party: Party) -> None:
    assert await party.parts.sources.names() == [X]


async def test_an_unknown_queue_has_no_snapshot_and_nothing_retained(party: Party) -> None:
    with pytest.raises(UnknownQueue):
        await party.parts.sources.snapshot(NOWHERE)
    assert await party.parts.sources.retained(NOWHERE) == {}


async def test_what_is_retained_is_of_one_moment(party: Party) -> None:
    await party.add_all("AB")
    await party.press("play")
    view, retained = await party.view(), await party.parts.sources.retained(X)
    assert set(retained) == {"items", "items.csv", "settings", "session"}
    assert json.loads(retained["settings"]) == json.loads(wire.json_text(wire.settings_json(view.queue.settings)))
    assert json.loads(retained["session"]) == wire.session_json(view.queue)
    assert retained["items.csv"] == wire.retained_csv(view)
    assert json.loads(retained["items"])["rev"] == json.loads(retained["session"])["revision"] == view.queue.rev


async def test_what_is_over_is_not_retained(party: Party) -> None:
    await party.add_all("ABCD")
    await party.press("play")
    await party.press("next")
    items = (await retained_items(party))["items"]
    assert [(i["performer_name"], i["position"]) for i in items] == [("B", 0), ("C", 1), ("D", 2)]
    await party.press("stop")
    items = (await retained_items(party))["items"]
    assert [(i["performer_name"], i["position"]) for i in items] == [("B", 1), ("C", 2), ("D", 3)]


async def test_the_current_item_and_five_hundred_more_are_retained(party: Party) -> None:
    # Given one that plays and more that wait than are retained
    await add_many(party, RETAINED_ITEMS + 3)
    await party.press("play")
    # When the retained state is read
    retained = await party.parts.sources.retained(X)
    # Then it is the current one and the next 500, and the total says that there are more
    found = json.loads(retained["items"])
    assert [i["position"] for i in found["items"]] == list(range(501))
    assert found["total"] == 503
    assert len(list(csv.DictReader(io.StringIO(retained["items.csv"])))) == 501
    # And of a stopped queue it is 500
    await party.press("stop")
    assert [i["position"] for i in (await retained_items(party))["items"]] == list(range(1, 501))


async def test_a_beacon_tells_where_the_music_is_while_it_plays(party: Party) -> None:
    placed = await party.add()
    await party.press("play")
    party.clock.pass_s(3)
    beacon = json.loads(await party.parts.sources.beacon(X) or "")
    assert (beacon["item_id"], beacon["position_ms"], beacon["ts"]) == (placed.item.id, 2000, NOW + 3000)


async def test_there_is_no_beacon_while_nothing_plays(party: Party) -> None:
    await party.add()
    assert await party.parts.sources.beacon(X) is None
    await party.press("play")
    await party.press("pause")
    assert await party.parts.sources.beacon(X) is None
