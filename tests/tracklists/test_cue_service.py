"""CUE files: what they are made of, judged against a recording, and converted."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from api_queue.errors import (
    BadAudioFile,
    ForeignAddress,
    NoTimes,
    StartsBeyondAudio,
    TooManyCueTracks,
    TooManyRows,
    UnknownTracklist,
)
from api_queue.formats.cue.reading import read
from api_queue.formats.cue.variants import VARIANTS, VariantName
from api_queue.tracklists.cue_building import CueOptions, Recording
from api_queue.tracklists.cue_files import CueFilter, Order
from api_queue.tracklists.cue_judging import Judgement, judge
from api_queue.tracklists.models import Entry, Facts
from api_queue.types import Milliseconds, TrackId
from tests.tracklists.cue_desk import FACTS, PAGE, SET, Desk, a_desk, a_list, made, of_set, row, titles


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as desk:
        yield desk


# -- what it is made of ----------------------------------------------------------------------------------------


async def test_a_stored_list_becomes_a_sheet_that_is_kept(desk: Desk) -> None:
    file = (await made(desk)).file
    assert titles(file) == ["One", "Two"]
    assert await desk.service.file(file.cue_id) == file
    assert (file.tracklist_id, file.version, file.created_by, file.is_active) == (SET, 1, "somebody", True)


async def test_the_checksum_is_that_of_the_bytes(desk: Desk) -> None:
    file = (await made(desk)).file
    assert file.checksum == f"sha256:{hashlib.sha256(file.content.encode()).hexdigest()}"


@pytest.mark.parametrize("variant", VARIANTS)
async def test_every_format_is_a_sheet_that_is_valid(desk: Desk, variant: VariantName) -> None:
    reading = read((await made(desk, variant=variant)).file.content)
    assert reading.valid
    assert len(reading.sheet.tracks) == 2


async def test_the_page_at_an_address_becomes_a_sheet(desk: Desk) -> None:
    desk.shelf.lists[PAGE] = a_list(tracklist_id="of-the-page")
    file = (await made(desk, Order(tracklist_url=PAGE))).file
    assert (file.tracklist_id, titles(file)) == ("of-the-page", ["One", "Two"])


async def test_a_list_that_comes_along_adds_to_the_versions_of_no_other(desk: Desk) -> None:
    # Given a file of the stored list
    await made(desk)
    # When the same list comes along twice
    files = [(await made(desk, Order(facts=FACTS))).file for _ in range(2)]
    # Then each is a first version, of a list of its own
    assert [file.version for file in files] == [1, 1]
    assert len({SET, *(file.tracklist_id for file in files)}) == 3


async def test_a_list_of_too_many_rows_is_refused(desk: Desk) -> None:
    with pytest.raises(TooManyRows):
        await made(desk, Order(facts=Facts(entries=(row(0, "One"),) * 1001)))


async def test_without_a_format_it_is_that_of_the_list(desk: Desk) -> None:
    assert (await made(desk, variant=None)).file.format == "standard"
    desk.shelf.lists[SET] = a_list(default_cue_format="kodi")
    assert (await made(desk, variant=None)).file.format == "kodi"


async def test_what_is_not_to_be_kept_is_kept_nowhere(desk: Desk) -> None:
    file = (await made(desk, of_set(store_file=False))).file
    assert titles(file) == ["One", "Two"]
    assert await desk.service.find(CueFilter()) == (0, [])


async def test_a_byte_order_mark_is_there_on_demand(desk: Desk) -> None:
    assert (await made(desk, of_set(options=CueOptions(bom=True)))).file.bytes.startswith(b"\xef\xbb\xbf")
    assert not (await made(desk)).file.bytes.startswith(b"\xef\xbb\xbf")


async def test_more_tracks_than_a_format_holds_are_refused_or_written_on_demand(desk: Desk) -> None:
    desk.shelf.lists[SET] = a_list(Facts(entries=tuple(row(60 * at, f"{at}") for at in range(100))))
    with pytest.raises(TooManyCueTracks):
        await made(desk)
    assert len(titles((await made(desk, of_set(options=CueOptions(past_99="write")))).file)) == 100


async def test_it_is_kept_what_was_decided(desk: Desk) -> None:
    desk.shelf.lists[SET] = a_list(Facts(entries=(row(0, "One"), row(None, "Two"), row(60, "Three"))))
    with pytest.raises(NoTimes):
        await made(desk, of_set(options=CueOptions(uncued="refuse")))
    making = (await made(desk)).file.making
    assert making.notes[0] == "Nobody set a time for row 2: spread evenly, and marked as estimated."
    assert (making.track_count, making.tracklist_rev) == (3, 1)


@pytest.mark.parametrize(
    ("order", "error"),
    [
        (Order(tracklist_id="nowhere"), UnknownTracklist),
        (Order(tracklist_url="https://elsewhere.example/"), ForeignAddress),
        (of_set(audio="nothing"), BadAudioFile),
    ],
)
async def test_what_is_not_there_is_said(desk: Desk, order: Order, error: type[Exception]) -> None:
    with pytest.raises(error):
        await made(desk, order)
    assert await desk.service.find(CueFilter()) == (0, [])


# -- the recording ---------------------------------------------------------------------------------------------


async def test_the_sheet_names_its_recording(desk: Desk) -> None:
    sheet = read((await made(desk, of_set(audio="set"))).file.content).sheet
    assert [file.name for file in sheet.files] == ["set.flac"]


async def test_a_list_has_a_recording_of_its_own(desk: Desk) -> None:
    desk.shelf.lists[SET] = a_list(audio_id=TrackId("set"))
    generated = await made(desk)
    assert generated.file.making.recording == desk.shelf.recordings["set"]
    assert generated.report is not None
    # And where that is gone, there is none
    desk.shelf.recordings.clear()
    assert (await made(desk)).report is None


async def test_a_recording_is_judged_unless_nobody_wants_it(desk: Desk) -> None:
    desk.shelf.lists[SET] = a_list(Facts(entries=(row(0, "One", 300), row(300, "Two", 590))))
    report = (await made(desk, of_set(audio="set"))).report
    assert report is not None
    assert report.errors == ("Duration mismatch: audio=600.00s, tracklist=590.00s, diff=10.00s",)
    assert (await made(desk, of_set(audio="set", validate_audio=False))).report is None


async def test_suggestions_are_taken_on_demand(desk: Desk) -> None:
    # Given a row behind the end of the recording
    desk.shelf.lists[SET] = a_list(Facts(entries=(row(0, "One", 300), row(300, "Two", 590), row(700, "Three"))))
    with pytest.raises(StartsBeyondAudio):
        await made(desk, of_set(audio="set"))
    # When what is suggested is taken
    generated = await made(desk, of_set(audio="set", options=CueOptions(apply_fixes=True)))
    # Then it is left out
    assert titles(generated.file) == ["One", "Two"]


async def test_a_recording_of_unknown_length_is_a_report_and_no_refusal(desk: Desk) -> None:
    desk.shelf.recordings["odd"] = Recording(name="odd.flac")
    report = (await made(desk, of_set(audio="odd"))).report
    assert report is not None
    assert report.errors == ("The audio file has no readable duration",)


# -- converting and judging ------------------------------------------------------------------------------------


async def test_a_file_becomes_one_of_another_format_and_what_that_cost_is_said(desk: Desk) -> None:
    desk.shelf.lists[SET] = a_list(Facts(entries=(row(0, "One", label="Intec"),)))
    file = (await made(desk, variant="traktor")).file
    new = await desk.service.convert(file.cue_id, "cdj", CueOptions(), "somebody")
    assert (new.format, new.version, new.tracklist_id, new.making.source_format) == ("cdj", 1, SET, "traktor")
    assert "LABEL" in file.content
    assert "LABEL" not in new.content
    assert [note.startswith("REM lines are left out") for note in new.making.notes] == [True]
    assert await desk.service.file(new.cue_id) == new


async def test_remarks_are_left_out_on_demand(desk: Desk) -> None:
    desk.shelf.lists[SET] = a_list(msgspec.structs.replace(FACTS, genres=("Techno",)))
    file = (await made(desk)).file
    new = await desk.service.convert(file.cue_id, "cdj", CueOptions(), "", preserve=False)
    assert "Techno" in file.content
    assert "REM" not in new.content


async def test_a_file_is_judged_against_its_recording_or_another(desk: Desk) -> None:
    desk.shelf.recordings["short"] = Recording(name="short.flac", duration_ms=Milliseconds(200_000))
    desk.shelf.recordings["odd"] = Recording(name="odd.flac")
    file = (await made(desk, of_set(audio="set"))).file
    judged = await desk.service.judge_file(file.cue_id, None)
    assert judged.recording == desk.shelf.recordings["set"]
    assert judged.report is not None
    assert (judged.report.errors, judged.report.warnings) == ((), ())
    # When it is another one, which ends before the second track
    judged = await desk.service.judge_file(file.cue_id, "short")
    assert judged.report is not None
    assert judged.report.errors == ("Track 2 starts at 300.00s, beyond the audio (200.00s)",)
    assert [(each.code, each.position, each.action) for each in judged.suggestions][:1] == [
        ("starts_beyond_audio", 2, "remove")
    ]
    # Or does not say how long it is
    judged = await desk.service.judge_file(file.cue_id, "odd")
    assert judged.report is not None
    assert judged.report.errors == ("The audio file has no readable duration",)


async def test_suggestions_are_for_the_rows_of_the_list_as_it_is_now(desk: Desk) -> None:
    # Given a sheet that leaves out a row, and a list that has one more since
    rows = (row(0, "One", 300), row(10, "Along", kind="with"), row(300, "Two", 590))
    desk.shelf.lists[SET] = a_list(Facts(entries=rows))
    file = (await made(desk, of_set(audio="set"))).file
    desk.shelf.lists[SET] = a_list(Facts(entries=(*rows, row(700, "Three"))), rev=2)
    # Then the file fits, and the list needs mending
    judged = await desk.service.judge_file(file.cue_id, None)
    assert judged.report is not None
    assert judged.report.valid
    assert [(each.position, each.action) for each in judged.suggestions] == [(4, "remove")]
    # When it is of a list that came along, that one counts, and of one that is gone nothing is known
    loose = (await made(desk, Order(facts=Facts(entries=rows), audio="set"))).file
    assert [each.position for each in (await desk.service.judge_file(loose.cue_id, None)).suggestions] == [3]
    desk.shelf.lists.clear()
    assert (await desk.service.judge_file(file.cue_id, None)).suggestions == ()


async def test_sheets_are_judged_one_after_another(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    running, most = 0, 0

    def slow(text: bytes, recording: Recording | None, rows: Sequence[Entry], *, served: bool) -> Judgement:
        nonlocal running, most
        running += 1
        most = max(most, running)
        judged = judge(text, recording, rows, served=served)
        running -= 1
        return judged

    monkeypatch.setattr("api_queue.tracklists.cue_service.judge", slow)
    sheet = b'FILE "a.wav" WAVE\n' + b"  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n" * 2000
    await asyncio.gather(*(desk.service.judge(sheet) for _ in range(5)))
    assert most == 1
