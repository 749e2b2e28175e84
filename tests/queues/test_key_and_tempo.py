"""The key and the tempo of an item: who sets them, when, and what a tempo does to every time."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import EndsTooLate, HostOnlyField, TrackNotFound, UnknownTrack
from api_queue.queues.changes import Changes
from api_queue.queues.models import Item
from api_queue.queues.settings import iso
from api_queue.types import Milliseconds
from tests.house import House
from tests.queues.agreement import check_index
from tests.queues.builders import NOW, an_item
from tests.queues.party import HOST, Party, X, guest, somebody

ALIAS = "KAT_TUN_Your_side_Instrumental_"


@given(st.integers(1, 36_000_000), st.floats(0.5, 2), st.floats(0.5, 2))
def test_a_length_is_the_tracks_by_the_tempo_whatever_it_was_before(track_ms: int, first: float, last: float) -> None:
    length = Milliseconds(track_ms)
    item = an_item().at_tempo(first, length).at_tempo(last, length)
    assert abs(item.track_duration_ms * last - track_ms) <= last
    assert item.at_tempo(1, length).track_duration_ms == track_ms


@given(st.integers(-12, 12), st.floats(0.5, 2))
def test_both_survive_the_list(key_shift: int, tempo: float) -> None:
    item = Item(**{**_fields(an_item()), "key_shift": key_shift, "tempo": tempo})
    assert Item.from_line(item.as_line()) == item


def _fields(item: Item) -> dict[str, Any]:
    return {key: getattr(item, key) for key in item.__struct_fields__}


async def test_a_guest_sets_them_with_the_add(party: Party) -> None:
    length = (await party.parts.tracks.track(party.tracks[0])).duration_ms
    placed = await party.parts.adding.add(X, party.tracks[0], "Ana", guest(), key_shift=-3, tempo=0.8)
    assert (placed.item.key_shift, placed.item.tempo) == (-3, 0.8)
    assert placed.item.track_duration_ms == round(length / 0.8)
    await check_index(party.parts.redis, X)


async def test_who_plays_slower_ends_later(party: Party) -> None:
    length = (await party.parts.tracks.track(party.tracks[0])).duration_ms
    await party.set(event_end=iso(NOW + 1000 + length))
    with pytest.raises(EndsTooLate):
        await party.parts.adding.add(X, party.tracks[0], "Ana", guest(), tempo=0.9)
    await party.parts.adding.add(X, party.tracks[0], "Ana", guest(), tempo=1)


async def test_a_host_changes_them_and_the_times_follow(party: Party) -> None:
    placed = await party.add()
    length = placed.item.track_duration_ms
    for tempo, key_shift in ((1.25, 2), (0.5, -12), (1, 0)):
        edited = await party.parts.items.edit(X, placed.item.id, Changes(tempo=tempo, key_shift=key_shift), HOST)
        assert (edited.tempo, edited.key_shift) == (tempo, key_shift)
        assert edited.track_duration_ms == round(length / tempo)
        assert (await party.view()).queue.waiting_ms == edited.track_duration_ms
        await check_index(party.parts.redis, X)
    assert edited == placed.item


async def test_the_same_tempo_again_changes_nothing(party: Party) -> None:
    placed = await party.parts.adding.add(X, party.tracks[0], "Ana", guest(), tempo=1.1)
    assert await party.parts.items.edit(X, placed.item.id, Changes(tempo=1.1), HOST) == placed.item
    assert (await party.view()).queue.rev == placed.rev


async def test_another_key_alone_leaves_the_length(party: Party) -> None:
    placed = await party.parts.adding.add(X, party.tracks[0], "Ana", guest(), tempo=1.1)
    edited = await party.parts.items.edit(X, placed.item.id, Changes(key_shift=5), HOST)
    assert edited.track_duration_ms == placed.item.track_duration_ms


async def test_the_session_counts_time_as_it_passes_in_the_room(party: Party) -> None:
    placed = await party.parts.adding.add(X, party.tracks[0], "Ana", guest(), key_shift=2, tempo=2)
    session = (await party.press("play")).session
    assert (session.key_shift, session.tempo, session.duration_ms) == (2, 2, placed.item.track_duration_ms)


@pytest.mark.parametrize("changes", [Changes(key_shift=1), Changes(tempo=1.5)])
async def test_once_added_they_are_the_hosts_matter(party: Party, changes: Changes) -> None:
    placed = await party.add(by=guest())
    with pytest.raises(HostOnlyField, match=r"change (key_shift|tempo);"):
        await party.parts.items.edit(X, placed.item.id, changes, guest())
    assert await party.parts.items.edit(X, placed.item.id, changes, somebody("helper"))


async def test_a_track_that_left_the_library_keeps_its_tempo(party: Party, monkeypatch: pytest.MonkeyPatch) -> None:
    placed = await party.add()

    async def gone(track_id: str) -> None:
        raise TrackNotFound(track_id=track_id)

    monkeypatch.setattr(party.parts.tracks, "facts", gone)
    with pytest.raises(UnknownTrack):
        await party.parts.items.edit(X, placed.item.id, Changes(tempo=2), HOST)
    assert (await party.parts.items.edit(X, placed.item.id, Changes(key_shift=2), HOST)).key_shift == 2


async def test_every_view_shows_them(house: House) -> None:
    body = {"track_id": ALIAS, "performer_name": "Ana", "key_shift": -2, "tempo": 1.25}
    async with house.guest() as ana, house.admin() as host:
        added = (await ana.post("/queue/party/items", json=body)).json()
        changed = (await host.put(f"/queue/party/items/{added['id']}", json={"key_shift": 4, "tempo": 0.75})).json()
        (listed,) = (await ana.get("/queue/party/items")).json()["items"]
        row = (await ana.get("/queue/party/queue.csv")).text.splitlines()[1]
        await host.post("/queue/party/command/play")
        session = (await ana.get("/sessions/party")).json()
    assert (added["key_shift"], added["tempo"]) == (-2, 1.25)
    assert (listed["key_shift"], listed["tempo"]) == (changed["key_shift"], changed["tempo"]) == (4, 0.75)
    assert row.endswith(",4,0.75")
    assert (session["key_shift"], session["tempo"]) == (4, 0.75)
    assert session["duration_ms"] == listed["track_duration_ms"]


@pytest.mark.parametrize(
    "field",
    [{"key_shift": 13}, {"key_shift": -13}, {"key_shift": 0.5}, {"tempo": 0.49}, {"tempo": 2.01}, {"tempo": "nan"}],
)
async def test_what_no_voice_can_follow_is_refused(house: House, field: dict[str, Any]) -> None:
    body = {"track_id": ALIAS, "performer_name": "Ana"}
    async with house.admin() as host:
        item = (await host.post("/queue/party/items", json=body)).json()
        for answer in (
            await host.post("/queue/party/items", json=body | field),
            await host.put(f"/queue/party/items/{item['id']}", json=field),
        ):
            assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")
            assert next(iter(field)) in answer.json()["detail"]
