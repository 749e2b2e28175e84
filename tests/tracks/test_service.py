import asyncio
from pathlib import Path

import pytest
from sqlalchemy import event

from api_queue.drivers.redis import Redis, connect
from api_queue.errors import FileGone, NoCover, NoLyrics, TrackNotFound, UnknownQueue
from api_queue.tracks import service
from api_queue.tracks.models import Search, TagFilter, TrackFacts
from api_queue.types import Milliseconds, QueueName, TrackId
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import PNG, Flac, song

PARTY = QueueName("party")


@pytest.fixture
async def one(shelf: Shelf) -> TrackId:
    """The id of the only track, `one.flac`."""
    Flac("tune", {"TITLE": "One", "ARTIST": "X", "GENRE": "Rock"}, seconds=60).write(shelf.music / "one.flac")
    await shelf.scan()
    [track] = await shelf.tracks()
    return track.track_id


# -- facts -----------------------------------------------------------------------------------------------------


async def test_facts_by_id_and_by_alias(shelf: Shelf, one: TrackId) -> None:
    facts = await shelf.service.facts("X_One")

    assert facts == await shelf.service.facts(one)
    assert facts == TrackFacts(one, Milliseconds(60_000), frozenset({"genre:rock", "artist:x"}))


async def test_an_unknown_track(shelf: Shelf, one: TrackId) -> None:
    for name in ("nothing", "../one.flac", "", one.upper()):
        with pytest.raises(TrackNotFound):
            await shelf.service.facts(name)


async def test_the_second_add_of_a_track_costs_no_sql(shelf: Shelf, one: TrackId) -> None:
    facts = await shelf.service.facts(one)
    statements: list[object] = []
    event.listen(shelf.store._engine.sync_engine, "before_execute", lambda *call: statements.append(call))

    assert await shelf.service.facts(one) is facts
    assert statements == []


async def test_a_change_is_known_a_second_later(shelf: Shelf, one: TrackId) -> None:
    await shelf.service.facts(one)
    (shelf.music / "one.flac").unlink()
    await shelf.scan()

    with pytest.raises(TrackNotFound):
        await shelf.service.facts(one)


async def test_no_more_facts_are_kept_than_allowed(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "FACTS_KEPT", 2)
    for title in "abc":
        song(title).write(shelf.music / f"{title}.flac")
    await shelf.scan()

    first = await shelf.service.facts("a")
    for name in ("b", "a", "c"):
        await shelf.service.facts(name)

    assert await shelf.service.facts("a") is first
    assert len(shelf.service._facts) == 2


async def test_while_redis_is_away_the_last_version_holds(shelf: Shelf, one: TrackId, redis: Redis) -> None:
    facts = await shelf.service.facts(one)
    await redis.close()
    redis.engine = connect("unix:///nowhere").engine
    shelf.clock.forward_s(5)

    assert await shelf.service.facts(one) == facts


# -- files -----------------------------------------------------------------------------------------------------


async def test_the_path_of_a_track(shelf: Shelf, one: TrackId) -> None:
    assert await shelf.service.path_of(one) == shelf.music / "one.flac"


async def test_of_two_places_the_one_that_is_there(shelf: Shelf, one: TrackId) -> None:
    copy = shelf.music / "two.flac"
    copy.write_bytes((shelf.music / "one.flac").read_bytes())
    await shelf.scan()
    (shelf.music / "one.flac").unlink()

    assert await shelf.service.path_of(one) == copy


async def test_a_file_that_is_gone(shelf: Shelf, one: TrackId) -> None:
    (shelf.music / "one.flac").unlink()

    with pytest.raises(FileGone):
        await shelf.service.path_of(one)
    with pytest.raises(FileGone):
        await shelf.service.cover(one)


async def test_a_link_out_of_the_library_is_refused(shelf: Shelf, one: TrackId, tmp_path: Path) -> None:
    # Given a file that was replaced by a link after the scan
    (shelf.music / "one.flac").rename(tmp_path / "private.flac")
    (shelf.music / "one.flac").symlink_to(tmp_path / "private.flac")

    with pytest.raises(FileGone):
        await shelf.service.path_of(one)


async def test_covers_and_lyrics_come_from_the_file_as_it_is_now(shelf: Shelf, one: TrackId) -> None:
    with pytest.raises(NoCover):
        await shelf.service.cover(one)
    with pytest.raises(NoLyrics):
        await shelf.service.lyrics(one)

    Flac("tune", {"LYRICS": "la la"}, picture=PNG).write(shelf.music / "one.flac")

    assert (await shelf.service.cover(one)).image == PNG
    assert (await shelf.service.lyrics(one)).text == "la la"


async def test_a_file_that_has_become_something_else_has_no_cover(shelf: Shelf, one: TrackId) -> None:
    (shelf.music / "one.flac").write_bytes(b"no music any more")

    with pytest.raises(NoCover):
        await shelf.service.cover(one)


# -- what queues offer -----------------------------------------------------------------------------------------


async def test_a_search_within_what_a_queue_offers(shelf: Shelf, one: TrackId) -> None:
    song("Two", "X", GENRE="Pop").write(shelf.music / "two.flac")
    await shelf.scan()
    shelf.queues.filters[PARTY] = TagFilter.of(["genre:pop"])

    found = await shelf.service.search(Search("x"), PARTY)

    assert [track.title for track in found.tracks] == ["Two"]
    with pytest.raises(UnknownQueue):
        await shelf.service.search(Search(), QueueName("other"))


# -- data files ------------------------------------------------------------------------------------------------


async def test_askers_at_once_wait_for_one_build(shelf: Shelf, one: TrackId, monkeypatch: pytest.MonkeyPatch) -> None:
    builds = []
    write = shelf.folder.write

    async def counted(tracks: object) -> str:
        builds.append(tracks)
        return await write(tracks)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(shelf.folder, "write", counted)

    hashes = await asyncio.gather(*(shelf.files.data_file(TagFilter.of(["genre:rock"])) for _ in range(10)))

    assert len(set(hashes)) == 1
    assert len(builds) == 1
