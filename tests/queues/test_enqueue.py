"""Many tracks at once: in their order, as one change, all of them or none."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from api_queue.errors import MissingCredential, QueueFull, QueueMoved, TrackNotOffered, UnknownAlbum, UnknownTrack
from api_queue.queues.adding import new_item_id
from api_queue.queues.enqueue import Batch, Enqueued
from api_queue.queues.options import Options
from api_queue.queues.turns import TRIES
from api_queue.tracks.models import Reading, Track, alias_of
from api_queue.tracks.store import SqlStore
from api_queue.types import Milliseconds, QueueName, TrackId
from api_queue.web.identity import Caller
from tests.house import House
from tests.queues.agreement import check_index
from tests.queues.builders import names
from tests.queues.party import HOST, Party, X
from tests.queues.test_store_model import follow

ALIAS = "KAT_TUN_Your_side_Instrumental_"
NOBODY = Caller(None, "10.0.0.9")


async def enqueue(party: Party, tracks: Sequence[int], performer: str = "Ana") -> Enqueued:
    batch = Batch(track_ids=[party.tracks[track] for track in tracks], performer_name=performer)
    return await party.parts.enqueue.enqueue(X, batch, HOST)


def of_album(title: str, disc: int | None, number: int | None, album: str = "Night Drive") -> Track:
    return Track(
        track_id=TrackId(f"id-{title}"),
        alias=alias_of("Band", title),
        title=title,
        artists=("Band",),
        album=album,
        disc_number=disc,
        track_number=number,
        duration_ms=Milliseconds(60_000),
        sample_rate=44_100,
        channels=2,
        tags=(f"album:{album}",),
    )


async def in_library(party: Party, *tracks: Track) -> None:
    store = SqlStore(party.parts.engine)
    await store.write([Reading(path=f"/{track.track_id}", size=1, mtime_ns=1, track=track) for track in tracks])


# -- one change ------------------------------------------------------------------------------------------------


async def test_they_come_in_their_order_as_one_revision_and_one_event(party: Party) -> None:
    # Given one that waits
    before = await party.add("Zoe", HOST)
    told = len(await party.events())
    # When three are enqueued, one of them twice
    done = await enqueue(party, [2, 0, 2])
    # Then they stand behind it in their order, and one event says so
    view = await party.view()
    assert [item.track_id for item in view.to_come[1:]] == [party.tracks[n] for n in (2, 0, 2)]
    assert [(idx, item.id) for idx, item in done.items] == list(enumerate([i.id for i in view.to_come], 0))[1:]
    assert done.rev == view.queue.rev == before.rev + 1
    (event,) = (await party.events())[told:]
    assert (event["name"], event["rev"], len(event["changes"])) == ("items_change", done.rev, 3)
    assert follow(await party.events()) == [item.id for item in view.items]
    await check_index(party.parts.redis, X)


async def test_the_index_is_the_one_in_the_whole_list(party: Party) -> None:
    await party.add_all("AB")
    await party.press("play")
    await party.press("next")
    done = await enqueue(party, [0, 1])
    listed = (await party.view()).items
    assert [listed[idx].id for idx, _ in done.items] == [item.id for _, item in done.items]


async def test_the_moments_of_adding_keep_the_order_also_of_two_batches_at_once(party: Party) -> None:
    for _ in range(2):
        await enqueue(party, [0, 1, 2])
    moments = [item.timestamp_added for item in (await party.view()).to_come]
    assert moments == sorted(set(moments))


async def test_while_shuffle_is_on_they_are_mixed_into_what_waits(party: Party) -> None:
    for performer in "ABCDEFGH":
        await party.add(performer, HOST)
        party.clock.pass_s(1)
    await party.parts.options.change(X, Options(shuffle=True))
    before = names((await party.view()).to_come)
    done = await enqueue(party, range(8), "New")
    view = await party.view()
    assert [n for n in names(view.to_come) if n != "New"] == before
    assert names(view.to_come)[8:] != ["New"] * 8
    assert [view.items[idx].id for idx, _ in done.items] == [item.id for _, item in done.items]
    assert follow(await party.events()) == [item.id for item in view.items]
    await check_index(party.parts.redis, X)
    await party.parts.options.change(X, Options(shuffle=False))
    assert [item.track_id for item in (await party.view()).to_come[8:]] == party.tracks[:8]


# -- an album --------------------------------------------------------------------------------------------------


async def test_an_album_comes_by_disc_and_track_number(party: Party) -> None:
    await in_library(
        party,
        of_album("d", 2, 1),
        of_album("b", None, 2),
        of_album("c", 1, 10),
        of_album("x", 1, 3, "Night Drives"),
        of_album("a", 1, 1),
        of_album("e", 2, None),
    )
    done = await party.parts.enqueue.enqueue(X, Batch(album="night  drive", performer_name="Ana"), HOST)
    assert [item.track_id for _, item in done.items] == [f"id-{title}" for title in "abcde"]


async def test_an_album_that_is_not_there_is_named(party: Party) -> None:
    with pytest.raises(UnknownAlbum, match="'Nowhere'"):
        await party.parts.enqueue.enqueue(X, Batch(album="Nowhere", performer_name="Ana"), HOST)


# -- all or none -----------------------------------------------------------------------------------------------


async def test_with_one_that_does_not_fit_none_is_added(party: Party) -> None:
    rev = (await party.view()).queue.rev
    batch = Batch(track_ids=[party.tracks[0], "nope"], performer_name="Ana")
    with pytest.raises(UnknownTrack, match="'nope'"):
        await party.parts.enqueue.enqueue(X, batch, HOST)
    await party.set(forced_tags=["mood:none-of-them"])
    with pytest.raises(TrackNotOffered):
        await enqueue(party, [0])
    view = await party.view()
    assert (view.items, view.queue.rev) == ((), rev + 1)


async def test_what_does_not_fit_any_more_is_told_how_many_would(party: Party) -> None:
    demo = QueueName("tryout")
    await party.parts.queue_store.create(demo, "demo", (await party.view()).queue.settings, party.clock.now_ms())
    batch = Batch(track_ids=party.tracks[:6], performer_name="Ana")
    await party.parts.enqueue.enqueue(demo, batch, HOST)
    with pytest.raises(QueueFull, match="room for 4 more"):
        await party.parts.enqueue.enqueue(demo, batch, HOST)
    assert (await party.parts.queues.queue(demo)).waiting == 6


async def test_nobody_enqueues_nothing(party: Party) -> None:
    with pytest.raises(MissingCredential):
        await party.parts.enqueue.enqueue(X, Batch(track_ids=party.tracks[:1], performer_name="Ana"), NOBODY)


async def test_what_was_worked_out_too_late_is_worked_out_again_and_then_told(
    party: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = party.parts.queue_store
    look = store.view

    async def looked(*arguments: Any) -> Any:
        view = await look(*arguments)
        await party.add("late", HOST)
        return view

    monkeypatch.setattr(store, "view", looked)
    with pytest.raises(QueueMoved):
        await enqueue(party, [0])
    monkeypatch.undo()
    assert await party.waiting() == ["late"] * TRIES


# -- over HTTP -------------------------------------------------------------------------------------------------


async def member(house: House) -> httpx.AsyncClient:
    _, value = await house.parts.tokens.create("member", label="Ana")
    return httpx.AsyncClient(base_url=house.url, timeout=20, headers={"Authorization": f"Bearer {value}"})


async def test_a_member_has_a_queue_to_put_them_on(house: House) -> None:
    async with await member(house) as ana:
        answer = await ana.post("/queue/enqueue", json={"track_ids": [ALIAS, ALIAS]})
        body = answer.json()
        listed = (await ana.get(f"/queue/{body['queue']}/items")).json()
        session = (await ana.get(f"/sessions/{body['queue']}")).json()
        await ana.post(f"/sessions/{body['queue']}/play")
        playing = (await ana.get(f"/queue/{body['queue']}/items")).json()["items"]
    assert answer.status_code == 201
    assert body["queue"].startswith("u_")
    assert (body["rev"], session["revision"]) == (listed["rev"], listed["rev"])
    assert [entry.pop("item_id") for entry in body["items"]] == [item["id"] for item in listed["items"]]
    track_id = listed["items"][0]["track_id"]
    assert body["items"] == [{"idx": n, "track_id": track_id, "status": "queued"} for n in (0, 1)]
    assert [item["status"] for item in playing] == ["playing", "queued"]


async def test_sent_twice_they_are_added_once(house: House) -> None:
    async with await member(house) as ana:
        body = {"track_ids": [ALIAS], "client_event_uuid": str(new_item_id())}
        first, again = [(await ana.post("/queue/enqueue", json=body)).json() for _ in range(2)]
        listed = (await ana.get(f"/queue/{first['queue']}/items")).json()
    assert first == again
    assert listed["total"] == 1


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "bad_body"),
        ({"track_ids": []}, "bad_body"),
        ({"track_ids": "one"}, "bad_body"),
        ({"track_ids": [""]}, "bad_body"),
        ({"track_ids": ["a"] * 1001}, "bad_body"),
        ({"track_ids": [ALIAS], "album": "Both"}, "bad_body"),
        ({"track_ids": [ALIAS], "performer_name": "a\nb"}, "bad_performer_name"),
        ({"track_ids": [ALIAS, "nope"]}, "unknown_track"),
        ({"album": "Nowhere"}, "unknown_album"),
    ],
)
async def test_a_wish_that_makes_no_sense_is_refused_in_a_sentence(
    house: House, body: dict[str, Any], code: str
) -> None:
    async with await member(house) as ana:
        answer = await ana.post("/queue/enqueue", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


async def test_it_is_for_members(house: House) -> None:
    async with house.nobody() as nobody, house.guest() as guest:
        answers = [await client.post("/queue/enqueue", json={"track_ids": [ALIAS]}) for client in (nobody, guest)]
    assert [answer.status_code for answer in answers] == [401, 403]
