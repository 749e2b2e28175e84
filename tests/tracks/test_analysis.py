"""Real sound, decoded by the real ffmpeg."""

import filecmp
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from mutagen.flac import FLAC

from api_queue.errors import AnalysisNeedsFfmpeg, BadTaskItem, FileChanged, Unavailable
from api_queue.tracks import tag_writing
from api_queue.tracks.analysis import AnalyzeItem, AnalyzeTask
from api_queue.tracks.analysis_store import SqlAnalyses
from api_queue.tracks.decoding import POINTS, decode
from api_queue.tracks.models import Analysis
from api_queue.tracks.music_file import frames_digest
from api_queue.tracks.tag_writing import write_replaygain
from tests.tasks import Ran, run_task
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import song

LOUD = Analysis(loudness_lufs=-15.0, track_gain_db=-3.0, track_peak=0.5, is_whole=True)


def sine(path: Path, *options: str, amplitude: float = 1 / 16, seconds: float = 2) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    wave = f"{amplitude}*sin(997*2*PI*t)"
    source = f"aevalsrc={wave}|{wave}:s=44100:d={seconds}"
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", source, *options, f"{path}"]
    subprocess.run(command, check=True)
    return path


@pytest.fixture(scope="session")
def tone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sine(tmp_path_factory.mktemp("tone") / "tone.flac", "-metadata", "title=Tone")


def rewrite(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


async def analyze(shelf: Shelf, track_id: str = "*", **options: Any) -> Ran:
    task = AnalyzeTask(shelf.steps(), shelf.store, SqlAnalyses(shelf.store._engine), (shelf.music,))
    return await run_task(task.type(), AnalyzeItem(track_id, **options))


# -- decoding --------------------------------------------------------------------------------------------------


async def test_loudness_peak_and_digest_are_measured(tone: Path, stood_back: list[int]) -> None:
    # A sine at 997 Hz in both channels is as loud as it is high: 1/16 are -24.1 dB
    analysis, peaks = await decode(tone)
    assert analysis.is_whole is True
    assert analysis.track_peak == pytest.approx(0.0625, abs=0.001)
    assert analysis.loudness_lufs == pytest.approx(-24.1, abs=0.2)
    assert analysis.track_gain_db == pytest.approx(6.1, abs=0.2)
    assert POINTS - 10 <= len(peaks) <= POINTS
    assert set(peaks) <= {15, 16}
    # And only while nobody else had anything to do
    assert stood_back == [os.SCHED_IDLE]


@pytest.mark.parametrize("options", [("-sample_fmt", "s32"), ("-ar", "96000")])
async def test_every_depth_rate_and_number_of_channels(tmp_path: Path, options: tuple[str, ...]) -> None:
    analysis, peaks = await decode(sine(tmp_path / "a.flac", *options, seconds=0.5))
    assert analysis.is_whole is True
    assert max(peaks) in {15, 16}


async def test_silence_has_no_loudness(tmp_path: Path) -> None:
    analysis, peaks = await decode(sine(tmp_path / "a.flac", amplitude=0))
    assert (analysis.loudness_lufs, analysis.track_gain_db, analysis.track_peak, set(peaks)) == (None, None, 0.0, {0})


# -- the task --------------------------------------------------------------------------------------------------


async def test_what_was_found_is_kept_for_the_track(shelf: Shelf, tone: Path) -> None:
    shutil.copy(tone, shelf.music)
    await shelf.scan()
    ran = await analyze(shelf)
    [track] = await shelf.tracks()
    kept = await SqlAnalyses(shelf.store._engine).get(track.track_id)
    assert kept
    assert ran.completed[1][1]["loudness_lufs"] == kept[0].loudness_lufs
    # And the file is as it was, since nobody asked for tags
    assert filecmp.cmp(shelf.music / tone.name, tone, shallow=False)


async def test_tags_are_written_when_asked_for(shelf: Shelf, tone: Path) -> None:
    # Given a track in two places
    places = [shelf.music / "a.flac", shelf.music / "b.flac"]
    for place in places:
        shutil.copy(tone, place)
        place.chmod(0o640)
    await shelf.scan()
    [before] = await shelf.tracks()
    # When it is analyzed, with tags
    ran = await analyze(shelf, before.track_id, write_tags=True)
    assert ran.failed == []
    # Then both files say how loud they are, their sound and their rights are as before, and nothing else lies there
    [after] = await shelf.tracks()
    assert after.replaygain
    assert after.replaygain.track_gain_db == pytest.approx(6.1, abs=0.2)
    assert after.track_id == before.track_id
    assert sorted(shelf.music.iterdir()) == places
    for place in places:
        assert frames_digest(place) == frames_digest(tone)
        assert FLAC(place)["title"] == ["Tone"]  # type: ignore[no-untyped-call]
        assert place.stat().st_mode & 0o777 == 0o640
    # And the library knows already: nothing is left for the next scan
    assert (await shelf.scan()).read == 0


async def test_a_file_that_changes_meanwhile_is_left_alone(
    shelf: Shelf, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = shelf.music / "a.flac"
    shutil.copy(tone, place)
    await shelf.scan()
    tag = tag_writing._tag

    def another_is_faster(*arguments: Any) -> None:
        tag(*arguments)
        rewrite(place, lambda content: content + b"more")

    monkeypatch.setattr(tag_writing, "_tag", another_is_faster)
    ran = await analyze(shelf, write_tags=True)
    assert "Somebody else has just changed 'a.flac'" in ran.error
    assert [path.name for path in shelf.music.iterdir()] == ["a.flac"]
    assert FLAC(place).get("REPLAYGAIN_TRACK_GAIN") is None  # type: ignore[no-untyped-call]


def test_one_at_a_time_writes_a_file(tone: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Given two workers that were given the same file
    place = tmp_path / "caf\udce9.flac"
    shutil.copy(tone, place)
    tag, refusals = tag_writing._tag, []

    def while_another_begins(*arguments: Any) -> None:
        with pytest.raises(FileChanged, match=r"'caf%E9\.flac'") as refused:
            write_replaygain(place, LOUD)
        refusals.append(refused)
        tag(*arguments)

    monkeypatch.setattr(tag_writing, "_tag", while_another_begins)
    # Then the second one is refused, and the first one's copy is whole
    write_replaygain(place, LOUD)
    assert len(refusals) == 1
    assert frames_digest(place) == frames_digest(tone)
    assert FLAC(place)["REPLAYGAIN_TRACK_GAIN"] == ["-3.00 dB"]  # type: ignore[no-untyped-call]
    assert list(tmp_path.iterdir()) == [place]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_file_that_is_written_keeps_its_owner(tone: Path, tmp_path: Path) -> None:
    place = tmp_path / "a.flac"
    shutil.copy(tone, place)
    os.chown(place, 1234, 2345)
    write_replaygain(place, LOUD)
    assert (place.stat().st_uid, place.stat().st_gid) == (1234, 2345)


def test_a_second_name_elsewhere_keeps_the_file_as_it_was(tone: Path, tmp_path: Path) -> None:
    place, second = tmp_path / "a.flac", tmp_path / "seeded.flac"
    shutil.copy(tone, place)
    os.link(place, second)
    write_replaygain(place, LOUD)
    assert filecmp.cmp(second, tone, shallow=False)
    assert not filecmp.cmp(place, tone, shallow=False)


async def test_a_header_that_lies_of_its_length_costs_no_more(tmp_path: Path) -> None:
    # Given hours of sound, in small, that say they are ten samples long: a point of 800 would be one sample
    place = sine(tmp_path / "a.flac", seconds=5)
    rewrite(place, lambda content: content[:21] + bytes([content[21] & 0xF0, 0, 0, 0, 10]) + content[26:])
    # Then only what it says is looked at, and a second more
    _, peaks = await decode(place)
    assert len(peaks) <= 44_100 + 10


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda content: content[: len(content) // 2], "it cannot be decoded to its end"),
        (lambda content: content[:-3000] + bytes(1000) + content[-2000:], "it cannot be decoded to its end"),
        (lambda content: content[:26] + bytes([content[26] ^ 1]) + content[27:], "is not what was encoded"),
    ],
    ids=["cut", "a hole", "another digest"],
)
async def test_damage_is_an_error_of_the_item(shelf: Shelf, tone: Path, damage: Any, said: str) -> None:
    shutil.copy(tone, shelf.music / "a.flac")
    rewrite(shelf.music / "a.flac", damage)
    await shelf.scan()
    assert said in (await analyze(shelf)).error


async def test_a_file_without_sound_is_told_from_a_fault_of_ours(shelf: Shelf) -> None:
    song("Noise").write(shelf.music / "a.flac")
    await shelf.scan()
    assert "it cannot be decoded" in (await analyze(shelf)).error


async def test_without_ffmpeg_the_item_says_what_to_install(
    shelf: Shelf, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copy(tone, shelf.music)
    await shelf.scan()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "install the package ffmpeg" in (await analyze(shelf)).error
    assert not issubclass(AnalysisNeedsFfmpeg, Unavailable)  # which would be tried again, though nothing changes


async def test_a_track_that_is_not_there(shelf: Shelf) -> None:
    assert (await analyze(shelf, "nobody")).error == "There is no track 'nobody' in the library."


async def test_an_item_of_another_shape_is_refused(shelf: Shelf) -> None:
    task = AnalyzeTask(shelf.steps(), shelf.store, SqlAnalyses(shelf.store._engine), (shelf.music,))
    with pytest.raises(BadTaskItem, match="missing required field `track_id`"):
        await run_task(task.type(), {"write_tags": True})
