"""CUE files that are kept: their versions, how many there are, which of them is current, and how they go."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from api_queue.errors import (
    NoTimes,
    TooManyCueTracks,
    UnknownCueFile,
    UnknownTracklist,
)
from api_queue.tracklists.cue_building import CueOptions
from api_queue.tracklists.cue_files import CueFilter, Generated, Order
from api_queue.tracklists.cue_store import LOOSE_MS, MOST_VERSIONS
from api_queue.tracklists.models import Facts
from api_queue.tracklists.store import SqlTracklists
from tests.tracklists.cue_desk import FACTS, PAGE, SET, Desk, a_desk, a_list, made, of_set, row, titles


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as desk:
        yield desk


# -- versions --------------------------------------------------------------------------------------------------


async def test_versions_are_counted_for_each_list_and_format(desk: Desk) -> None:
    first, second, other = [(await made(desk, variant=each)).file for each in ("standard", "standard", "kodi")]
    assert [first.version, second.version, other.version] == [1, 2, 1]
    assert await desk.service.versions(first.cue_id) == [second.brief, first.brief]


async def test_a_file_is_made_again_of_the_list_as_it_is_now(desk: Desk) -> None:
    # Given a file with options and a recording, and a list that changed since
    options = CueOptions(include_pregap=True)
    file = (await made(desk, of_set(audio="set", options=options))).file
    desk.shelf.lists[SET] = a_list(Facts(entries=(row(0, "One"), row(None, "New"))), rev=2)
    # When it is made again
    again = (await desk.service.regenerate(file.cue_id, None, "another")).file
    # Then with the same options and recording, as the next version
    assert titles(again) == ["One", "New"]
    assert (again.version, again.making.options, again.making.audio) == (2, options, "set")
    # And with others on demand
    with pytest.raises(NoTimes):
        await desk.service.regenerate(file.cue_id, CueOptions(uncued="refuse"), "another")


async def test_a_file_of_a_page_is_made_again_of_the_page(desk: Desk) -> None:
    desk.shelf.lists[PAGE] = a_list(tracklist_id="of-the-page")
    file = (await made(desk, Order(tracklist_url=PAGE))).file
    assert (await desk.service.regenerate(file.cue_id, None, "")).file.version == 2


async def test_a_file_of_a_list_that_came_along_is_made_again_as_it_came(desk: Desk) -> None:
    # Given a file that has lost something, as a file of another format
    facts = Facts(entries=(row(0, "One", 200, label="Intec"), row(300, "Two")))
    file = (await made(desk, Order(facts=facts))).file
    converted = await desk.service.convert(file.cue_id, "cdj", CueOptions(), "")
    for cue_id, variant in ((file.cue_id, "standard"), (converted.cue_id, "cdj")):
        # When it is made again, with another option
        again = (await desk.service.regenerate(cue_id, CueOptions(include_pregap=True), "")).file
        # Then all that the list told is still known, and it is the next version
        assert (again.tracklist_id, again.format, again.version) == (file.tracklist_id, variant, 2)
        assert "INDEX 00 03:20:00" in again.content
    assert (await desk.service.file(file.cue_id)).facts == facts


async def test_a_file_of_a_list_that_is_gone_cannot_be_made_again(desk: Desk) -> None:
    file = (await made(desk)).file
    desk.shelf.lists.clear()
    with pytest.raises(UnknownTracklist):
        await desk.service.regenerate(file.cue_id, None, "")


# -- how many are kept -----------------------------------------------------------------------------------------


async def keep(desk: Desk) -> SqlTracklists:
    """The list stands in the table of lists too, as it does outside of these tests."""
    lists = SqlTracklists(desk.store._engine)
    await lists.add(desk.shelf.lists[SET])
    return lists


async def test_a_file_that_is_made_while_somebody_edits_the_list_stays_its_newest(desk: Desk) -> None:
    # Given somebody who has read the list, and a file that is made before they write
    lists, before = await keep(desk), desk.shelf.lists[SET]
    file = (await made(desk)).file
    # When they write
    assert await lists.put(msgspec.structs.replace(before, rev=2), 1, version_by="ana")
    # Then the list still names the file
    after = await lists.get(SET)
    assert after is not None
    assert (after.rev, after.cue_file_id) == (2, file.cue_id)


async def test_the_newest_versions_of_a_list_and_format_are_kept(desk: Desk) -> None:
    other = (await made(desk, variant="kodi")).file
    files = [(await made(desk)).file for _ in range(MOST_VERSIONS + 2)]
    kept = [file.version for file in await desk.service.versions(files[-1].cue_id)]
    assert kept == list(range(MOST_VERSIONS + 2, 2, -1))
    assert await desk.service.file(other.cue_id) == other


async def test_of_lists_that_are_stored_nowhere_the_newest_files_of_each_author_are_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api_queue.tracklists.cue_store.MOST_LOOSE", 3)
    # Given a stored list with a file, and a file of a list that came along, of another author
    await keep(desk)
    stored = (await made(desk)).file
    other = (await desk.service.generate(Order(facts=FACTS), "standard", "another")).file
    # When somebody brings list after list
    files = []
    for _ in range(5):
        desk.clock.ms += 1
        files.append((await made(desk, Order(facts=FACTS))).file)
    # Then the oldest of their own are gone, and nothing else
    _, kept = await desk.service.find(CueFilter(limit=None))
    assert {file.cue_id for file in kept} == {stored.cue_id, other.cue_id, *(file.cue_id for file in files[2:])}


async def test_files_of_lists_that_are_stored_nowhere_go_after_a_month(desk: Desk) -> None:
    await keep(desk)
    stored = (await made(desk)).file
    loose = (await desk.service.generate(Order(facts=FACTS), "standard", "another")).file
    desk.clock.ms += LOOSE_MS
    await made(desk)
    assert await desk.service.file(loose.cue_id) == loose
    desk.clock.ms += 1
    await made(desk)
    assert await desk.service.file(stored.cue_id) == stored
    with pytest.raises(UnknownCueFile):
        await desk.service.file(loose.cue_id)


async def test_a_list_of_files_does_not_read_their_texts(desk: Desk) -> None:
    file = (await made(desk)).file
    assert await desk.service.find(CueFilter()) == (1, [file.brief])
    assert not hasattr(file.brief, "content")


async def test_of_several_formats_one_that_fails_stops_no_other(desk: Desk) -> None:
    desk.shelf.lists[SET] = a_list(Facts(entries=tuple(row(60 * at, f"{at}") for at in range(100))))
    results = dict(await desk.service.generate_all(of_set(), ["standard", "cdj"], "somebody"))
    assert isinstance(results["standard"], TooManyCueTracks)
    assert isinstance(results["cdj"], Generated)


# -- deleting --------------------------------------------------------------------------------------------------


async def test_a_file_that_is_deleted_softly_keeps_its_number(desk: Desk) -> None:
    file = (await made(desk)).file
    await desk.service.remove(file.cue_id, soft=True)
    with pytest.raises(UnknownCueFile):
        await desk.service.file(file.cue_id)
    assert await desk.service.find(CueFilter()) == (0, [])
    assert [each.is_active for each in await desk.service.versions(file.cue_id)] == [False]
    assert (await made(desk)).file.version == 2


async def test_a_file_can_be_deleted_for_good(desk: Desk) -> None:
    file = (await made(desk)).file
    await desk.service.remove(file.cue_id, soft=False)
    with pytest.raises(UnknownCueFile):
        await desk.service.versions(file.cue_id)


@pytest.mark.parametrize("soft", [True, False])
async def test_nobody_deletes_what_is_not_there(desk: Desk, soft: bool) -> None:
    with pytest.raises(UnknownCueFile):
        await desk.service.remove("nowhere", soft=soft)


# -- what is kept ----------------------------------------------------------------------------------------------


async def test_a_file_is_current_until_its_list_changes_or_somebody_says_otherwise(desk: Desk) -> None:
    assert await desk.service.current(of_set(), "standard") is None
    file = (await made(desk)).file
    assert await desk.service.current(of_set(), "standard") == file.brief
    assert await desk.service.current(of_set(), "kodi") is None
    # When the list changes
    desk.shelf.lists[SET] = a_list(rev=2)
    assert await desk.service.current(of_set(), "standard") is None
    # Or is as it was, and the file was invalidated
    desk.shelf.lists[SET] = a_list()
    assert await desk.service.invalidate("another") == 0
    assert await desk.service.invalidate(SET) == 1
    assert await desk.service.current(of_set(), "standard") is None
    assert (await desk.service.file(file.cue_id)).content == file.content


async def test_a_file_that_was_converted_is_not_the_current_one(desk: Desk) -> None:
    """It lacks what the other format lacked, or what it was told to leave out."""
    file = (await made(desk, variant="cdj")).file
    await desk.service.convert(file.cue_id, "traktor", CueOptions(), "", preserve=False)
    assert await desk.service.current(of_set(), "traktor") is None


async def test_what_is_kept_is_counted(desk: Desk) -> None:
    files = [(await made(desk, variant=each)).file for each in ("standard", "standard", "kodi")]
    await made(desk, Order(facts=FACTS))
    stored = await desk.service.stored()
    assert (stored.files, stored.current, stored.tracklists) == ({"standard": 3, "kodi": 1}, 3, 2)
    assert stored.size_bytes > sum(len(file.bytes) for file in files)
    # When all are invalidated, they are still there
    assert await desk.service.invalidate() == 3
    assert await desk.service.stored() == replace(stored, current=0)


async def test_files_are_found_by_list_and_format_newest_first(desk: Desk) -> None:
    for at, variant in enumerate(("standard", "kodi", "standard")):
        desk.clock.ms += at
        await made(desk, variant=variant)  # type: ignore[arg-type]  # a tuple of names
    await made(desk, Order(facts=FACTS))
    total, page = await desk.service.find(CueFilter(tracklist_id=SET, format="standard", limit=1))
    assert (total, [file.version for file in page]) == (2, [2])
    total, page = await desk.service.find(CueFilter(tracklist_id=SET, limit=2, offset=1))
    assert (total, [file.format for file in page]) == (3, ["kodi", "standard"])


async def test_the_name_of_a_file_is_made_of_our_own_letters(desk: Desk) -> None:
    # Given a set whose name would end a header
    desk.shelf.lists[SET] = a_list(Facts(entries=(row(0, "One"),), title='x"\r\nSet-Cookie: a=b'))
    file = (await made(desk)).file
    assert file.filename == f"standard_{file.cue_id[:8]}_v1.cue"
    assert "Set-Cookie" in file.content
    assert "\nSet-Cookie" not in file.content
