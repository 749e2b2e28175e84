"""Music of the server's choice where nobody has chosen any."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.errors import BadSetting
from api_queue.queues.fallback import LATELY, next_of
from api_queue.queues.keys import key
from api_queue.queues.models import Item
from api_queue.queues.options import Options
from api_queue.queues.settings import Fallback
from api_queue.tracks.models import TrackFacts
from api_queue.types import Milliseconds, TrackId
from tests.queues.agreement import check_index
from tests.queues.party import ADMIN, Party, X, guest

TRACKS = st.lists(st.integers(0, 30).map(str), unique=True, min_size=1, max_size=30)


async def playlist(party: Party, many: int) -> list[TrackId]:
    names = party.tracks[:many]
    await party.set(fallback={"tracks": names})
    return names


async def current(party: Party) -> Item:
    item = (await party.view()).current
    assert item is not None
    return item


# -- where it plays --------------------------------------------------------------------------------------------


async def test_play_on_an_empty_queue_starts_it(party: Party) -> None:
    first, _ = await playlist(party, 2)
    queue = await party.press("play")
    assert (queue.session.state, queue.session.track_id) == ("playing", first)
    item = await current(party)
    assert (item.added_by, item.performer_name, item.status) == ("server", "Fallback", "playing")
    change = next(event for event in await party.events() if event["name"] == "items_change")["changes"][0]
    assert (change["op"], change["item"]["id"], change["before"]) == ("add", item.id, None)
    await check_index(party.parts.redis, X)


@pytest.mark.parametrize("command", ["next", "skip"])
async def test_where_the_music_would_end_it_goes_on(party: Party, command: str) -> None:
    first, second = await playlist(party, 2)
    await party.add(track=9)
    await party.press("play")
    assert (await party.press(command)).session.track_id == first
    assert (await party.press(command)).session.track_id == second
    assert (await party.press(command)).session.track_id == first


async def test_a_track_that_ends_by_itself_is_followed_by_it(party: Party) -> None:
    (first,) = await playlist(party, 1)
    added = await party.add(track=9)
    await party.press("play")
    party.clock.pass_s(added.item.track_duration_ms / 1000 + 2)
    queue = await party.parts.transport.end(X)
    assert (queue.session.track_id, queue.session.state) == (first, "playing")


async def test_what_a_guest_adds_meanwhile_is_next(party: Party) -> None:
    await playlist(party, 2)
    await party.press("play")
    placed = await party.add("Ana", track=5)
    assert placed.position == 1
    assert (await party.press("next")).session.item_id == placed.item.id


async def test_an_add_in_the_same_moment_is_not_lost_behind_it(party: Party) -> None:
    await playlist(party, 2)
    added, queue = await asyncio.gather(party.add("Ana", track=5), party.press("play"))
    view = await party.view()
    assert [item.id for item in view.to_come] in ([], [added.item.id])
    assert queue.session.state == "playing"
    assert sum(item.by_server for item in view.items) == len(view.to_come)
    await check_index(party.parts.redis, X)


async def test_it_plays_where_all_that_wait_are_paused(party: Party) -> None:
    (first,) = await playlist(party, 1)
    await party.add("Ana", track=5)
    await party.parts.turn_taking.pause(X, "Ana")
    assert (await party.press("play")).session.track_id == first
    assert await party.waiting() == ["Ana"]
    await check_index(party.parts.redis, X)


@pytest.mark.parametrize("order", ["fair", "weight"])
async def test_it_is_charged_to_nobody(party: Party, order: str) -> None:
    await playlist(party, 2)
    await party.set(order=order)
    for command in ("play", "next", "skip"):
        await party.press(command)
    assert await party.parts.redis.call("HGETALL", key(X, "turns")) == {}
    await check_index(party.parts.redis, X)


async def test_no_limit_counts_it(party: Party) -> None:
    await playlist(party, 1)
    await party.set(max_items=1, duplicate_track_window=60, duplicate_performer_window=60)
    await party.press("play")
    assert (await party.add("Fallback", track=0)).position == 1


@pytest.mark.parametrize("command", ["stop", "prev"])
async def test_put_back_it_lets_everybody_go_first(party: Party, command: str) -> None:
    await playlist(party, 2)
    await party.add("Zoe", guest("zoe"), track=9)
    await party.press("play")
    await party.press("next")
    await party.press(command)
    placed = await party.add("Ana", track=5)
    assert (await party.view()).to_come[0].by_server
    listed = {item["id"]: item for item in (await party.shown())["items"]}
    assert listed[placed.item.id]["timestamp_expected"] == placed.expected_ms
    assert (await party.press("play" if command == "stop" else "next")).session.item_id == placed.item.id
    again = (await party.press("next")).session
    assert again.item_id == (await current(party)).id
    view = await party.view()
    assert [item.by_server for item in view.to_come] == []
    await check_index(party.parts.redis, X)


async def test_where_all_comes_again_it_is_not_needed(party: Party) -> None:
    await playlist(party, 2)
    own = await party.add(track=9)
    await party.parts.options.change(X, Options(repeat_mode="all"))
    await party.press("play")
    assert (await party.press("next")).session.item_id == own.item.id


async def test_pause_and_seek_bring_none(party: Party) -> None:
    await playlist(party, 2)
    await party.add(track=9)
    await party.press("play")
    for command in ("pause", "seek_forwards", "toggle", "restart", "play_one"):
        await party.press(command)
    assert (await party.press("next")).session.item_id is None
    assert not any(item.by_server for item in (await party.view()).items)


# -- what it plays ---------------------------------------------------------------------------------------------


async def test_by_tags_what_was_played_lately_does_not_come_again(party: Party) -> None:
    known = [await party.parts.tracks.facts(track) for track in party.tracks]
    tag = max(known[0].tags, key=lambda tag: sum(tag in facts.tags for facts in known))
    having = {facts.track_id for facts in known if tag in facts.tags}
    await party.set(fallback={"tags": [tag]})
    heard = [(await party.press("play")).session.track_id]
    heard += [(await party.press("next")).session.track_id for _ in range(len(having) - 1)]
    assert (len(heard), set(heard)) == (len(having), having)
    assert (await party.press("next")).session.track_id in having


async def test_a_track_that_has_left_the_library_is_passed_over(party: Party) -> None:
    queue = await party.parts.queues.queue(X)
    settings = replace(queue.settings, fallback=Fallback(tracks=("gone", party.tracks[3])))
    await party.parts.queue_store.put_settings(X, settings, queue.settings_rev, party.clock.ms)
    assert (await party.press("play")).session.track_id == party.tracks[3]


def facts(name: str) -> TrackFacts:
    return TrackFacts(TrackId(name), Milliseconds(1000), frozenset())


@given(TRACKS, st.lists(st.integers(0, 30).map(str), max_size=LATELY))
def test_a_playlist_repeats_what_was_played_lately_only_where_it_has_nothing_else(
    names: list[str], played: list[str]
) -> None:
    chosen = next_of([facts(name) for name in names], [TrackId(name) for name in played])
    assert chosen is not None
    assert chosen.track_id in names
    assert chosen.track_id not in played or set(names) <= set(played)


@given(TRACKS)
def test_a_playlist_goes_round_in_its_order(names: list[str]) -> None:
    heard: list[TrackId] = []
    for _ in range(2 * len(names)):
        chosen = next_of([facts(name) for name in names], heard[-LATELY:])
        assert chosen is not None
        heard.append(chosen.track_id)
    assert heard == names * 2


def test_an_empty_playlist_has_nothing() -> None:
    assert next_of([], []) is None


# -- its setting -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"tracks": ["nobody"]}, "the track 'nobody', which is not in the library"),
        ({"tags": ["genre:none"]}, "the tag 'genre:none', which no track in the library has"),
        ("genre:none, genre:no", "the tag 'genre:none'"),
        ({}, "names either tags or tracks"),
        ({"tags": ["a"], "tracks": ["b"]}, "names either tags or tracks"),
        ({"titles": ["a"]}, "titles"),
    ],
)
async def test_what_the_library_does_not_know_is_named(party: Party, value: object, reason: str) -> None:
    with pytest.raises(BadSetting, match=reason):
        await party.set(fallback=value)
    with pytest.raises(BadSetting, match=reason):
        await party.parts.queues.create("named", "other", {"fallback": value}, ADMIN)


async def test_a_form_names_tags_and_empties_it(party: Party) -> None:
    tag = next(iter((await party.parts.tracks.facts(party.tracks[0])).tags))
    await party.set(fallback=f"{tag}, ")
    assert (await party.parts.queues.queue(X)).settings.fallback.tags == (tag,)  # type: ignore[union-attr]
    await party.set(fallback="")
    assert (await party.parts.queues.queue(X)).settings.fallback is None
