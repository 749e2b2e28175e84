"""Previews, cut by the real ffmpeg."""

import asyncio
import os
import subprocess
from pathlib import Path

import pytest

from api_queue.errors import NoPreview, PreviewOff, PreviewsNeedFfmpeg, TrackNotFound
from api_queue.media import preview
from api_queue.media.preview import Previews
from api_queue.media.service import PreviewService
from api_queue.tracks.models import Part
from api_queue.types import Milliseconds, QueueName, TrackId
from tests.media.conftest import PARTY, TRACK, Library
from tests.tools import needs

SONG = TrackId("song")


@pytest.fixture(scope="module")
def minute(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of a tone, under a name that ffmpeg could take for an address or a pattern."""
    path = tmp_path_factory.mktemp("music") / "a: 50% %d [tone].flac"
    return _tone(path, 60)


def _tone(path: Path, seconds: int) -> Path:
    tone = ("-f", "lavfi", "-i", f"sine=d={seconds}:r=44100", "-metadata", "title=Tone", "-f", "flac")
    subprocess.run([needs("ffmpeg"), "-v", "error", *tone, f"file:{path}"], check=True)
    return path


@pytest.fixture
def counted_ffmpeg(tmp_path: Path) -> tuple[str, Path]:
    """ffmpeg that leaves a line for each start of it."""
    starts, program = tmp_path / "starts", tmp_path / "ffmpeg"
    program.write_text(f'#!/bin/sh\necho start >> "{starts}"\nexec {needs("ffmpeg")} "$@"\n')
    program.chmod(0o700)
    return str(program), starts


def _probe(path: Path) -> str:
    entries = ("-show_entries", "format=format_name,duration:format_tags=title", "-of", "csv=p=0")
    probed = subprocess.run(
        [needs("ffprobe", "ffmpeg"), "-v", "error", *entries, path], check=True, capture_output=True
    )
    return probed.stdout.decode().strip()


async def test_it_is_the_first_half_minute_as_a_flac_of_its_own(minute: Path, tmp_path: Path) -> None:
    cut = await Previews(tmp_path / "previews").cut_of(TRACK, minute)
    assert _probe(cut) == "flac,30.000000"


async def test_a_shorter_track_is_its_own_preview(tmp_path: Path) -> None:
    short = _tone(tmp_path / "short.flac", 2)
    assert _probe(await Previews(tmp_path / "previews").cut_of(TRACK, short)) == "flac,2.000000"


async def test_that_of_a_part_is_its_own(minute: Path, tmp_path: Path, library: Library) -> None:
    """Of ten seconds in the middle, and beside the one of the whole."""
    library.places[SONG] = library.places[TRACK] = minute
    library.parts[SONG] = Part(TRACK, Milliseconds(20_000), Milliseconds(30_000))
    service = PreviewService(library, Policy(), Previews(tmp_path / "previews"))

    part, whole = await service.preview_of(SONG, PARTY), await service.preview_of(TRACK, PARTY)

    assert (_probe(part), _probe(whole)) == ("flac,10.000000", "flac,30.000000")


async def test_many_who_ask_at_once_wait_for_one_cut(
    minute: Path, tmp_path: Path, counted_ffmpeg: tuple[str, Path]
) -> None:
    program, starts = counted_ffmpeg
    previews = Previews(tmp_path / "previews", program)
    # When one of many leaves before the cut is done
    first = asyncio.ensure_future(previews.cut_of(TRACK, minute))
    others = asyncio.gather(*(previews.cut_of(TRACK, minute) for _ in range(20)))
    await asyncio.sleep(0)
    first.cancel()
    # Then the others still get it, from one start of ffmpeg, and so does everybody later
    assert len(set(await others)) == 1
    await previews.cut_of(TRACK, minute)
    assert starts.read_text().splitlines() == ["start"]


async def test_a_file_that_is_no_music_has_none_and_leaves_nothing(tmp_path: Path) -> None:
    needs("ffmpeg")
    noise = tmp_path / "noise.flac"
    noise.write_bytes(b"no music")
    with pytest.raises(NoPreview, match="track1"):
        await Previews(tmp_path / "previews").cut_of(TRACK, noise)
    assert list((tmp_path / "previews").iterdir()) == []


async def test_a_cut_that_hangs_is_given_up(minute: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "_CUT_TIMEOUT_S", 0.1)
    program = tmp_path / "ffmpeg"
    program.write_text("#!/bin/sh\nexec sleep 60\n")
    program.chmod(0o700)
    with pytest.raises(NoPreview):
        await Previews(tmp_path / "previews", str(program)).cut_of(TRACK, minute)


async def test_without_ffmpeg_the_refusal_says_so(
    minute: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PreviewsNeedFfmpeg, match="ffmpeg is not installed"):
        await Previews(tmp_path / "previews").cut_of(TRACK, minute)


async def test_the_oldest_make_room(minute: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "KEPT", 2)
    folder = tmp_path / "previews"
    folder.mkdir()
    for age_s in (1, 2, 3):
        (folder / f"{age_s}.flac").touch()
        os.utime(folder / f"{age_s}.flac", (1000 - age_s, 1000 - age_s))
    cut = await Previews(folder).cut_of(TRACK, minute)
    assert {file.name for file in folder.iterdir()} == {cut.name, "1.flac"}


class Policy:
    """The party has the setting on, no other queue has."""

    async def previews_on(self, queue: QueueName) -> bool:
        return queue == PARTY


async def test_the_queue_decides(minute: Path, tmp_path: Path) -> None:
    service = PreviewService(Library({TRACK: minute}), Policy(), Previews(tmp_path / "previews"))
    assert await service.preview_of(TRACK, PARTY)
    with pytest.raises(PreviewOff):
        await service.preview_of(TRACK, QueueName("quiet"))
    with pytest.raises(TrackNotFound):
        await service.preview_of(TrackId("nothing"), PARTY)
