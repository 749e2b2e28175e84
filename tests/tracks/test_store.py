"""The library in SQL: names, places, pages, against what a plain dict would say."""

from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.tracks.models import EVERYTHING, Reading, Search, TagFilter, Track
from api_queue.tracks.place_store import SqlPlaces
from api_queue.tracks.store import SqlStore
from api_queue.types import TrackId
from tests.tracks.test_full_text import SONGS, put, track


def read(path: str, found: Track | None, fault: str = "") -> Reading:
    return Reading(path=path, size=1, mtime_ns=1, track=found, fault=fault)


def named(track_id: str, title: str, artist: str = "X", **changes: object) -> Track:
    return replace(track(title, artist), track_id=TrackId(track_id), **changes)


async def paths(store: SqlStore) -> set[str]:
    return set(await SqlPlaces(store._engine).stamps("/"))


async def alias_of(store: SqlStore, track_id: str) -> str:
    found = await store.track(track_id)
    assert found
    return found.alias


# -- readable ids ----------------------------------------------------------------------------------------------


async def test_the_first_of_two_keeps_the_name(store: SqlStore) -> None:
    # Given a track
    await store.write([read("/1", named("a" * 26, "Intro"))])
    # When another of the same name comes later
    await store.write([read("/2", named("b" * 26, "Intro"))])
    # Then each is found by its own
    assert await alias_of(store, "a" * 26) == "X_Intro"
    assert await alias_of(store, "b" * 26) == "X_Intro_bbbbbbbb"
    for name, track_id in (("X_Intro", "a" * 26), ("X_Intro_bbbbbbbb", "b" * 26)):
        found = await store.track(name)
        assert found
        assert found.track_id == track_id


async def test_reading_a_track_again_does_not_change_its_name(store: SqlStore) -> None:
    both = [read("/1", named("a" * 26, "Intro")), read("/2", named("b" * 26, "Intro"))]
    await store.write(both)
    before = [await alias_of(store, name * 26) for name in "ab"]
    for again in (both, both[::-1], both[1:], both[:1]):
        await store.write(again)
    assert [await alias_of(store, name * 26) for name in "ab"] == before


async def test_a_name_is_free_when_its_track_is_gone(store: SqlStore) -> None:
    await store.write([read("/1", named("a" * 26, "Intro"))])
    await store.forget(["/1"])
    await store.write([read("/2", named("b" * 26, "Intro"))])
    assert await alias_of(store, "b" * 26) == "X_Intro"


async def test_an_old_name_stays_its_first_tracks(store: SqlStore) -> None:
    # Given a track that was tagged anew
    await store.write([read("/1", named("a" * 26, "Old"))])
    await store.write([read("/1", named("a" * 26, "New"))])
    # When another takes its old title
    await store.write([read("/2", named("b" * 26, "Old"))])
    # Then links to the first still lead to it
    found = await store.track("X_Old")
    assert found
    assert found.title == "New"
    assert await alias_of(store, "b" * 26) == "X_Old_bbbbbbbb"


async def test_an_id_wins_over_an_alias_that_looks_like_it(store: SqlStore) -> None:
    await store.write([read("/1", named("a" * 26, "One")), read("/2", named("b" * 26, "Two", alias="a" * 26))])
    found = await store.track("a" * 26)
    assert found
    assert found.title == "One"


@pytest.mark.parametrize("name", ["x_intro", "X_Intro ", "X_Intr", "%", "X_Intro' OR '1'='1", ""])
async def test_a_name_is_that_name_to_the_letter(store: SqlStore, name: str) -> None:
    await store.write([read("/1", named("a" * 26, "Intro"))])
    assert await store.track(name) is None


# -- places, against a dict ------------------------------------------------------------------------------------


@dataclass
class Dict:
    """Files by path; a track is what the first of its places says."""

    files: dict[str, Track | None] = field(default_factory=dict)

    def titles(self) -> dict[str, str]:
        told: dict[str, str] = {}
        for _, found in sorted(self.files.items()):
            if found:
                told.setdefault(found.track_id, found.title)
        return told


PATHS = st.sampled_from(["/a", "/b", "/c", "/d"])
TRACKS = st.none() | st.builds(named, st.sampled_from(["1" * 26, "2" * 26]), st.sampled_from(["One", "Two", "Three"]))
WRITES = st.dictionaries(PATHS, TRACKS, min_size=1)
STEPS = st.lists(WRITES | st.frozensets(PATHS), max_size=6)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=20)
@given(STEPS)
async def test_whatever_is_read_and_forgotten_it_says_what_the_dict_says(
    store: SqlStore, steps: list[dict[str, Track | None] | frozenset[str]]
) -> None:
    await store.forget(["/a", "/b", "/c", "/d"])
    model = Dict()
    for step in steps:
        # When files are read, or are gone
        if isinstance(step, dict):
            await store.write([read(path, found, "" if found else "broken") for path, found in step.items()])
            model.files |= step
        else:
            await store.forget(step)
            model.files = {path: found for path, found in model.files.items() if path not in step}
        # Then tracks, places, faults and the full text are those of the files that are left
        expected = model.titles()
        assert {found.track_id: found.title async for found in store.tracks(EVERYTHING)} == expected
        assert await store.count() == len(expected)
        assert await paths(store) == set(model.files)
        assert [fault.path for fault in await store.faults()] == sorted(p for p, f in model.files.items() if not f)
        for title in ("One", "Two", "Three"):
            found = {hit.track_id for hit in (await store.search(Search(title))).tracks if hit.title == title}
            assert found == {track_id for track_id, told in expected.items() if told == title}


async def test_more_files_than_one_statement_takes_are_forgotten(store: SqlStore) -> None:
    await store.write([read(f"/{number}", None, "broken") for number in range(1_201)])
    await store.forget([f"/{number}" for number in range(1_200)])
    assert await paths(store) == {"/1200"}


# -- pages of an answer ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("q", ["", "queen", "back in", "intro", "intr", "intor", "x"])
@pytest.mark.parametrize("limit", [1, 2, 7])
async def test_pages_put_together_are_the_whole_answer(store: SqlStore, q: str, limit: int) -> None:
    # Given a library in which several tracks have all the same words
    await put(store, *(track(*song) for song in SONGS), *(named(f"{n:026}", "Intro") for n in range(9)))
    whole = await store.search(Search(q, limit=200))
    # When it is read page by page
    pages = [await store.search(Search(q, limit=limit, offset=at)) for at in range(0, whole.total + limit, limit)]
    # Then nothing is missing, doubled or in another place
    assert [found.track_id for page in pages for found in page.tracks] == [found.track_id for found in whole.tracks]
    assert {page.total for page in pages} == {whole.total} == {len(whole.tracks)}


async def test_all_that_is_found_is_on_offer(store: SqlStore) -> None:
    await put(store, *(track(*song) for song in SONGS))
    rock = TagFilter.of(["genre:rock"])
    found = await store.search(Search("queen", rock))
    assert {hit.title for hit in found.tracks} == {"Bohemian Rhapsody", "Don't Stop Me Now", "Killer Queen"}
    assert (await store.search(Search("queen", rock & TagFilter.of(["lang:ja"])))).total == 0


async def test_a_title_that_is_typed_whole_is_first(store: SqlStore) -> None:
    """Every title of the list, against all the others."""
    await put(store, *(track(*song) for song in SONGS))
    first = {song[0]: (await store.search(Search(song[0]))).tracks[0].title for song in SONGS}
    assert first == {song[0]: song[0] for song in SONGS}


async def test_words_of_a_track_that_is_gone_correct_nobody(store: SqlStore) -> None:
    await put(store, named("a" * 26, "Quentin"))
    await store.forget([f"/{'a' * 26}"])
    await put(store, named("b" * 26, "Queen"))
    assert [hit.title for hit in (await store.search(Search("quenti"))).tracks] == []
