"""The task `karakara.encode`, by the real ffmpeg."""

import asyncio
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from api_queue.clients.programs import lives
from api_queue.errors import BadTaskItem, EncodingNeedsFfmpeg, Unavailable
from api_queue.jobs.models import TaskId, TaskItemId
from api_queue.karakara import video_folder
from api_queue.karakara.encoding import EncodeItem
from api_queue.karakara.webm import Encoder
from api_queue.tracks.parts import Cut, PartService
from api_queue.types import Milliseconds, TrackId
from tests.jobs.house import eventually
from tests.karakara.files.conftest import WEBM, Stock, tone
from tests.tasks import InMemoryWork, Ran, run_task
from tests.tools import needs
from tests.tracks.flacs import JPEG, PNG, Flac, song
from tests.tracks.scissors import Scissors

COLOURS = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255)}
OURS = (255, 138, 43)


async def encode(stock: Stock, track_id: str = "*") -> Ran:
    return await run_task(stock.encoding.type(), EncodeItem(track_id))


def _work() -> InMemoryWork:
    return InMemoryWork(TaskId(1), TaskItemId(1))


def probe(path: Path) -> dict[str, str]:
    """Codecs and length in s."""
    entries = ("-show_entries", "format=duration:stream=codec_name", "-of", "default=nw=1:nk=1")
    told = subprocess.run([needs("ffprobe", "ffmpeg"), "-v", "error", *entries, path], check=True, capture_output=True)
    video, audio, seconds = told.stdout.decode().split()
    return {"video": video, "audio": audio, "seconds": seconds}


def heard_at(path: Path, hz: int) -> float:
    """How loud the tone of `hz` is in it, in dB."""
    command = ["ffmpeg", "-hide_banner", "-i", f"{path}", "-af", f"bandpass=f={hz}:width_type=h:w=20,volumedetect"]
    told = subprocess.run([*command, "-f", "null", "-"], check=True, capture_output=True).stderr.decode()
    return float(told.partition("max_volume: ")[2].split(" dB")[0])


def seen_in_the_middle(path: Path) -> tuple[int, int, int]:
    """The colour."""
    crop = ("-vf", "crop=2:2:639:359,scale=1:1", "-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-")
    red, green, blue = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", path, *crop], check=True, capture_output=True
    ).stdout
    return red, green, blue


def picture(path: Path, colour: str, size: str = "300x300") -> Path:
    source = ("-f", "lavfi", "-i", f"color={colour}:s={size}:d=0.1", "-frames:v", "1", "-pix_fmt", "rgb24")
    kind = source[:-2] if path.suffix in {".jpeg", ".webp", ".gif"} else source
    subprocess.run([needs("ffmpeg"), "-v", "error", *kind, f"{path}"], check=True)
    return path


# -- the video -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "options"),
    [(0.4, ("-ac", "1", "-ar", "8000")), (9.7, ("-ac", "6", "-ar", "96000", "-sample_fmt", "s32"))],
)
async def test_it_lasts_as_long_as_the_track(
    stock: Stock, stood_back: list[int], seconds: float, options: tuple[str, ...]
) -> None:
    # Given sound of a rare kind, under a name that ffmpeg could take for an address or a pattern
    tone(stock.shelf.music / "a: 50% %d [tone].flac", seconds, *options)
    track, work = await stock.only_track(), _work()
    # When a video is made of it
    told = await stock.encoding.run(EncodeItem(track.track_id), work)
    # Then the player can play it, and it ends with the sound
    video = stock.videos.path(track.track_id)
    found = probe(video)
    assert (found["video"], found["audio"]) == ("vp8", "opus")
    assert float(found["seconds"]) == pytest.approx(seconds, abs=0.1)
    assert told == {"made": True, "bytes": video.stat().st_size}
    # And it was told how far it was, only what nobody else wanted was taken, and nothing else lies there
    assert all(done <= total == seconds * 1000 for done, total in work.told)
    assert work.told[-1][0] == pytest.approx(seconds * 1000, abs=100)
    assert set(stood_back) == {os.SCHED_IDLE}
    assert list(video.parent.iterdir()) == [video]


async def test_that_of_a_part_is_its_own(stock: Stock) -> None:
    # Given a recording of which the second second sounds otherwise
    tone(stock.shelf.music / "set.flac", 3, pitch="if(between(t,1,2),1500,400)")
    whole = await stock.only_track()
    scissors = Scissors(stock.shelf.store._engine, PartService(stock.shelf.store, stock.shelf.library))
    second = Cut(number=1, start_ms=Milliseconds(1000), end_ms=Milliseconds(2000), title="Second")
    [part] = await scissors.cut(whole.track_id, [second])
    # Then its video is that second and no other
    assert (await encode(stock, part)).failed == []
    video = stock.videos.path(part)
    assert float(probe(video)["seconds"]) == pytest.approx(1.0, abs=0.1)
    assert heard_at(video, 1500) > heard_at(video, 400) + 20


@pytest.mark.parametrize(
    ("media_type", "colour"),
    [("image/jpeg", "red"), ("image/png", "lime"), ("image/webp", "blue"), ("image/gif", "red")],
)
async def test_a_cover_of_each_kind_is_seen(tmp_path: Path, media_type: str, colour: str) -> None:
    cover = picture(tmp_path / f"a.{media_type.partition('/')[2]}", colour)
    assert await Encoder().frame(cover, media_type, tmp_path / "frame.png")
    assert seen_in_the_middle(tmp_path / "frame.png") == pytest.approx(COLOURS[colour], abs=10)


def lying(content: bytes) -> bytes:
    """A small file that says that it is larger than all memory."""
    return content[:16] + (60_000).to_bytes(4, "big") * 2 + content[24:]


@pytest.mark.parametrize("damage", [lying, lambda content: content[:60], lambda _: PNG])
async def test_a_cover_that_cannot_be_read_is_passed_over(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    cover = picture(tmp_path / "a.png", "red")
    cover.write_bytes(damage(cover.read_bytes()))
    assert not await Encoder().frame(cover, "image/png", tmp_path / "frame.png")


@pytest.mark.parametrize("size", ["3000x2", "2x3000"])
async def test_one_of_an_odd_shape_costs_no_memory(tmp_path: Path, size: str) -> None:
    """Whether it is seen or passed over."""
    cover = picture(tmp_path / "a.png", "red", size)
    await asyncio.wait_for(Encoder().frame(cover, "image/png", tmp_path / "frame.png"), 20)


@pytest.mark.parametrize(("cover", "colour"), [("lime", (0, 255, 0)), (None, OURS), (JPEG, OURS)])
async def test_its_cover_is_seen_or_ours(stock: Stock, cover: str | bytes | None, colour: tuple[int, int, int]) -> None:
    tone(stock.shelf.music / "a.flac", 0.4)
    if isinstance(cover, str):
        picture(stock.shelf.music / "cover.png", cover)
    elif cover:
        (stock.shelf.music / "cover.jpg").write_bytes(cover)
    track = await stock.only_track()
    assert (await encode(stock, track.track_id)).failed == []
    assert seen_in_the_middle(stock.videos.path(track.track_id)) == pytest.approx(colour, abs=40)


# -- which are made --------------------------------------------------------------------------------------------


async def test_all_that_have_none_of_their_own(stock: Stock) -> None:
    # Given a track with a video, one without, and videos that were made of the first one and of one that is gone
    for name in ("a", "b"):
        tone(stock.shelf.music / f"{name}.flac", 0.4 if name == "a" else 0.5)
    (stock.shelf.music / "a.webm").write_bytes(WEBM)
    await stock.shelf.scan()
    own, missing = sorted(await stock.shelf.tracks(), key=lambda track: not track.sidecars)
    gone = stock.videos.path(TrackId("gone"))
    gone.parent.mkdir(parents=True)
    for path in (gone, stock.videos.path(own.track_id)):
        path.write_bytes(b"made")
    # When all are asked for
    ran = await encode(stock)
    # Then the one that is missing is made, and those that nobody is sent are gone
    assert ran.completed[0] == ({"track_id": "*"}, {"tracks": 1, "gone": 2, "bytes": 0})
    assert [item["track_id"] for item, _ in ran.completed[1:]] == [missing.track_id]
    assert list(gone.parent.iterdir()) == [stock.videos.path(missing.track_id)]
    # And the next time it is there, and counted
    again = await encode(stock)
    assert again.completed[0][1]["bytes"] == again.result["bytes"] > 0
    assert again.result["made"] is False


async def test_one_that_is_older_than_its_track_is_made_anew(stock: Stock) -> None:
    path = tone(stock.shelf.music / "a.flac", 0.4, "-metadata", "title=Tone")
    track = await stock.only_track()
    video = stock.videos.path(track.track_id)
    video.parent.mkdir(parents=True)
    video.write_bytes(b"of an older cover")
    os.utime(path, (time.time() + 10,) * 2)
    assert (await encode(stock, track.alias)).result == {"made": True, "bytes": video.stat().st_size}
    assert probe(video)["video"] == "vp8"


async def test_what_a_killed_worker_left_goes_a_day_later(stock: Stock) -> None:
    await stock.shelf.scan()
    for name, age_s in (("draft-old", 90_000), ("draft-new", 60)):
        folder = stock.folder / "videos" / name
        folder.mkdir(parents=True)
        os.utime(folder, (time.time() - age_s,) * 2)
    await encode(stock)
    assert [path.name for path in (stock.folder / "videos").iterdir()] == ["draft-new"]


async def test_a_draft_that_ends_while_all_are_looked_through_stops_nothing(stock: Stock) -> None:
    await stock.shelf.scan()
    stock.videos.path(TrackId("any")).parent.mkdir(parents=True)
    (stock.folder / "videos" / "draft-ended").symlink_to("nowhere")  # it is listed, and not there
    assert (await encode(stock)).failed == []


# -- what is refused -------------------------------------------------------------------------------------------


async def test_without_ffmpeg_the_item_says_what_to_install(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    song("One").write(stock.shelf.music / "a.flac")
    track = await stock.only_track()
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert "install the package ffmpeg" in (await encode(stock, track.track_id)).error
    assert not issubclass(EncodingNeedsFfmpeg, Unavailable)  # which would be tried again, though nothing changes


async def test_a_full_disk_is_left_to_the_others(stock: Stock, monkeypatch: pytest.MonkeyPatch) -> None:
    song("One").write(stock.shelf.music / "a.flac")
    track = await stock.only_track()
    monkeypatch.setattr(video_folder, "KEPT_FREE_BYTES", 1 << 62)
    assert "make room first" in (await encode(stock, track.track_id)).error


async def test_a_file_without_sound_is_an_error_of_its_item_and_leaves_nothing(stock: Stock) -> None:
    Flac(seconds=2).write(stock.shelf.music / "noise.flac")
    track = await stock.only_track()
    assert "no video can be made of it" in (await encode(stock, track.track_id)).error
    assert list((stock.folder / "videos").iterdir()) == []


async def test_music_that_is_gone(stock: Stock) -> None:
    song("One").write(stock.shelf.music / "a.flac")
    track = await stock.only_track()
    (stock.shelf.music / "a.flac").unlink()
    assert "gone from the disk" in (await encode(stock, track.track_id)).error
    assert "no track 'nobody'" in (await encode(stock, "nobody")).error


@pytest.mark.parametrize("item", [{}, {"track_id": ""}, {"track_id": "x" * 201}, {"track_id": 3}])
async def test_an_item_of_another_shape_is_refused(stock: Stock, item: object) -> None:
    with pytest.raises(BadTaskItem):
        await run_task(stock.encoding.type(), item)


# -- while it is made ------------------------------------------------------------------------------------------


async def test_canceled_it_ends_at_once_and_leaves_nothing(stock: Stock, tmp_path: Path) -> None:
    # Given an ffmpeg that never ends the second time it is called
    pid, program = tmp_path / "pid", tmp_path / "bin" / "ffmpeg"
    program.parent.mkdir()
    lasting = f'case "$*" in *libvpx*) echo $$ > "{pid}"; exec sleep 1000;; esac'
    program.write_text(f'#!/bin/sh\n{lasting}\nexec {needs("ffmpeg")} "$@"\n')
    program.chmod(0o700)
    tone(stock.shelf.music / "a.flac", 0.4)
    track = await stock.only_track()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shutil, "which", lambda _: f"{program}")
        making = asyncio.create_task(stock.encoding.run(EncodeItem(track.track_id), _work()))
        await eventually(lambda: pid.exists() and pid.read_text().strip())
    # When its run is canceled
    making.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(making, 20)
    # Then the program is gone, and so is its draft
    assert not lives(int(pid.read_text()))
    assert list((stock.folder / "videos").iterdir()) == []
