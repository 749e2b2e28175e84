"""Parts of a recording: tracks as all others, for as long as it is here and cut so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import NoLyrics, NotARecording, TrackNotFound
from api_queue.tracks.models import Part, TagFilter, Track
from api_queue.tracks.parts import Cut, PartService, id_of, peaks_of, track_of
from api_queue.tracks.tasks import TrackItem, recordings
from api_queue.types import Milliseconds, TrackId
from tests.tasks import run_task
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import PNG, Flac
from tests.tracks.scissors import Scissors

MINUTE_MS = 60_000
SET = Flac(
    "two hours of it",
    {"TITLE": "Live in Ghent", "ARTIST": "DJ Ann", "GENRE": "House", "TAG": "late", "ALBUM": "Live", "LYRICS": "la"},
    seconds=600,
    picture=PNG,
)


def cut(number: int, title: str, artist: str = "", start: int | None = None, **more: tuple[str, ...]) -> Cut:
    """Of a minute each."""
    start_ms = (number - 1 if start is None else start) * MINUTE_MS
    artists = (artist,) if artist else ()
    return Cut(
        number=number,
        start_ms=Milliseconds(start_ms),
        end_ms=Milliseconds(start_ms + MINUTE_MS),
        title=title,
        artists=artists,
        **more,
    )


CUTS = (cut(1, "Night Bus", "The Ferns"), cut(2, "Morning", "Zoë", genres=("Techno",), tags=("label:Anjuna",)))


@pytest.fixture
async def recording(shelf: Shelf) -> TrackId:
    """`set.flac`, of ten minutes."""
    SET.write(shelf.music / "set.flac")
    await shelf.scan()
    [track] = await shelf.tracks()
    return track.track_id


@pytest.fixture
def parts(shelf: Shelf) -> Scissors:
    return Scissors(shelf.store._engine, PartService(shelf.store, shelf.library))


async def parts_of(shelf: Shelf) -> list[Track]:
    """In their order."""
    found = [track for track in await shelf.tracks() if track.part_of]
    return sorted(found, key=lambda track: track.track_number or 0)


# -- what they are ---------------------------------------------------------------------------------------------


async def test_a_part_is_a_track_of_its_own(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    first, second = await parts.cut(recording, CUTS)

    track = await shelf.service.track(second)
    assert track == await shelf.service.track("Zoë_Morning")
    assert track.part_of == Part(recording, Milliseconds(MINUTE_MS), Milliseconds(2 * MINUTE_MS))
    assert (track.title, track.artist, track.duration_ms) == ("Morning", "Zoë", MINUTE_MS)
    assert (track.album, track.track_number, track.cover) == ("Live in Ghent", 2, "image/png")
    assert [each.track_id for each in await parts_of(shelf)] == [first, second]


async def test_it_is_found_and_offered_as_all_others(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    await parts.cut(recording, CUTS)

    assert await shelf.titles("zoe morn") == ["Morning"]
    assert await shelf.titles("", TagFilter.of(["genre:techno"])) == ["Morning"]
    assert await shelf.titles("", TagFilter.of(["label:anjuna"])) == ["Morning"]
    assert (await shelf.service.facts("The_Ferns_Night_Bus")).duration_ms == MINUTE_MS


async def test_what_hides_the_recording_hides_its_parts(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    """A genre of its own stands in the place of the recording's."""
    await parts.cut(recording, CUTS)

    assert await shelf.titles("", TagFilter.of(hidden_tags=["late"])) == []
    assert set(await shelf.titles("", TagFilter.of(hidden_tags=["genre:house"]))) == {"Morning"}


async def test_its_sound_and_cover_are_the_recordings_and_the_words_are_not(
    shelf: Shelf, parts: Scissors, recording: TrackId
) -> None:
    part, _ = await parts.cut(recording, CUTS)

    assert await shelf.service.path_of(part) == shelf.music / "set.flac"
    assert (await shelf.service.cover(part)).image == PNG
    with pytest.raises(NoLyrics):
        await shelf.service.lyrics(part)


async def test_its_album_is_the_recording(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    ids = await parts.cut(recording, CUTS)

    assert [facts.track_id for facts in await shelf.service.album("Live in Ghent")] == list(ids)


async def test_an_album_of_its_name_has_the_music_once(shelf: Shelf, parts: Scissors) -> None:
    Flac("disc", {"TITLE": "Disc", "ALBUM": "Disc"}, seconds=120).write(shelf.music / "disc.flac")
    await shelf.scan()
    [track] = await shelf.tracks()
    ids = await parts.cut(track.track_id, CUTS)

    assert [facts.track_id for facts in await shelf.service.album("Disc")] == list(ids)


@pytest.mark.parametrize(
    ("title", "shown"), [("", "Track 7"), ("\x00 \u202e", "Track 7"), (" two\nlines ", "two lines")]
)
def test_a_title_is_text_or_a_number(title: str, shown: str) -> None:
    track = track_of(_recording(), cut(7, title))
    assert track
    assert track.title == shown


@given(st.integers(1, 7_200_000), st.data())
def test_the_waveform_of_a_part_is_where_the_part_is(length_ms: int, data: st.DataObject) -> None:
    start_ms = data.draw(st.integers(0, length_ms - 1))
    part = Part(TrackId("set"), Milliseconds(start_ms), Milliseconds(data.draw(st.integers(start_ms + 1, length_ms))))
    peaks = bytes(number % 256 for number in range(800))

    found = peaks_of(peaks, part, Milliseconds(length_ms))

    assert found
    exact, rest = divmod((part.end_ms - part.start_ms) * 800, length_ms)
    assert exact + bool(rest) <= len(found) <= exact + 2
    assert found == peaks[start_ms * 800 // length_ms :][: len(found)]


def _recording() -> Track:
    return Track(
        track_id=TrackId("a" * 26),
        alias="Set",
        title="Set",
        duration_ms=Milliseconds(600_000),
        sample_rate=44_100,
        channels=2,
    )


# -- how long they are there -----------------------------------------------------------------------------------


async def test_the_same_cut_is_the_same_track(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    """Whatever it is called; another cut is another track, and the old one is gone."""
    before = await parts.cut(recording, CUTS)

    after = await parts.cut(recording, (cut(1, "Night Bus (Live)", "The Ferns"), cut(2, "Later", start=3)))

    assert after[0] == before[0]
    assert (await shelf.service.track(before[0])).title == "Night Bus (Live)"
    assert "Later" in await shelf.titles("later")
    with pytest.raises(TrackNotFound):
        await shelf.service.track(before[1])


async def test_a_recording_that_is_joined_has_no_parts(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    await parts.cut(recording, CUTS)

    await parts.join(recording)

    assert await shelf.titles() == ["Live in Ghent"]


async def test_a_recording_that_is_read_again_keeps_them(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    """And they are of what it is called now."""
    ids = await parts.cut(recording, CUTS)

    Flac(SET.sound, {"TITLE": "In Ghent"}, seconds=600).write(shelf.music / "set.flac")
    await shelf.scan()

    assert [track.track_id for track in await parts_of(shelf)] == list(ids)
    assert {track.album for track in await parts_of(shelf)} == {"In Ghent"}


async def test_they_go_with_the_recording_and_come_back_with_it(
    shelf: Shelf, parts: Scissors, recording: TrackId
) -> None:
    ids = await parts.cut(recording, CUTS)
    (shelf.music / "set.flac").unlink()
    await shelf.scan()
    assert await shelf.tracks() == []

    SET.write(shelf.music / "moved.flac")
    await shelf.scan()

    assert [track.track_id for track in await parts_of(shelf)] == list(ids)


async def test_a_recording_may_have_more_parts_than_a_statement_has_room(
    shelf: Shelf, parts: Scissors, recording: TrackId
) -> None:
    many = [Cut(number=n, start_ms=Milliseconds(n), end_ms=Milliseconds(n + 1), title=f"{n}") for n in range(1_100)]

    ids = await parts.cut(recording, many)

    assert len(set(ids)) == 1_100
    assert await shelf.store.count() == 1_101
    await parts.join(recording)
    assert await shelf.store.count() == 1


async def test_only_a_recording_can_be_cut(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    part, _ = await parts.cut(recording, CUTS)

    with pytest.raises(NotARecording):
        await parts.cut(part, CUTS)


async def test_a_recording_may_come_after_its_cut(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    """Given a list of three minutes of what turns out to have two and a half."""
    (shelf.music / "set.flac").unlink()
    await shelf.scan()
    last = Cut(number=3, start_ms=Milliseconds(2 * MINUTE_MS), title="Last")
    ids = await parts.cut(recording, (*CUTS, last, cut(4, "Never")))

    Flac(SET.sound, {"TITLE": "Short"}, seconds=150).write(shelf.music / "short.flac")
    await shelf.scan()

    found = await parts_of(shelf)
    assert [(track.track_id, track.duration_ms) for track in found] == [
        (ids[0], MINUTE_MS),
        (ids[1], MINUTE_MS),
        (ids[2], MINUTE_MS // 2),
    ]


async def test_who_cuts_lets_the_others_know(shelf: Shelf, recording: TrackId) -> None:
    told: list[int] = []

    async def announce() -> None:
        told.append(await shelf.store.count())

    await Scissors(shelf.store._engine, PartService(shelf.store, shelf.library, announce)).cut(recording, CUTS)

    assert told == [3]
    assert await shelf.library.unsettled()


# -- the library's tasks ---------------------------------------------------------------------------------------


async def test_work_on_all_tracks_is_work_on_their_files(shelf: Shelf, parts: Scissors, recording: TrackId) -> None:
    part, _ = await parts.cut(recording, CUTS)
    _, refresh = shelf.tasks().types()

    assert [track_id async for track_id in recordings(shelf.store)] == [recording]
    ran = await run_task(refresh, TrackItem(part))

    assert ran.completed[0][1] == {"read": 1}


async def test_the_ids_of_parts_look_like_those_of_recordings(recording: TrackId) -> None:
    assert len(id_of(recording, CUTS[0])) == len(recording) == 26
    assert id_of(recording, CUTS[0]).isalnum()
