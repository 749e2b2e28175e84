"""Which previews stay, without ffmpeg: files of any content, and a program that only copies."""

import asyncio
import os
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from api_queue.errors import FileGone, NoPreview
from api_queue.media import preview
from api_queue.media.preview import Previews
from api_queue.media.store import RedisMediaStore
from tests.media.conftest import OTHER, TRACK, Library


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "previews"
    folder.mkdir()
    return folder


def program(path: Path, line: str) -> str:
    """In the place of ffmpeg; `$draft` is where the cut belongs."""
    path.write_text(f'#!/bin/sh\nfor draft; do :; done; draft="${{draft#file:}}"\n{line}\n')
    path.chmod(0o700)
    return str(path)


@pytest.fixture
def copying(tmp_path: Path, folder: Path) -> Previews:
    return Previews(folder, program(tmp_path / "copy", 'echo cut > "$draft"'))


def files(folder: Path) -> set[Path]:
    return set(folder.iterdir())


def old(folder: Path, number: int) -> Path:
    path = folder / f"{number:032}.flac"
    path.write_bytes(b"cut")
    os.utime(path, (1_000 + number, 1_000 + number))
    return path


@pytest.mark.parametrize(("kept", "there", "left"), [(3, 5, 3), (3, 2, 3), (1, 4, 1)])
async def test_no_more_than_allowed_are_kept_and_the_new_one_is_among_them(
    copying: Previews, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch, kept: int, there: int, left: int
) -> None:
    monkeypatch.setattr(preview, "KEPT", kept)
    before = [old(folder, number) for number in range(there)]
    cut = await copying.cut_of(TRACK, library.places[TRACK])
    assert files(folder) == {cut, *before[len(before) - left + 1 :]}


async def test_one_that_another_process_drops_meanwhile_is_no_trouble(
    copying: Previews, library: Library, folder: Path
) -> None:
    # Given a name without a file behind it, as between the listing and the look
    (folder / f"{0:032}.flac").symlink_to(folder / "gone")
    # When a preview is cut, then its guest gets it
    assert (await copying.cut_of(TRACK, library.places[TRACK])).read_text() == "cut\n"


async def test_what_is_no_preview_is_never_dropped(
    copying: Previews, library: Library, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preview, "KEPT", 1)
    (folder / "readme.txt").write_text("mine")
    await copying.cut_of(TRACK, library.places[TRACK])
    assert (folder / "readme.txt").exists()


async def test_a_track_whose_file_changed_has_a_new_preview(copying: Previews, library: Library) -> None:
    first = await copying.cut_of(TRACK, library.places[TRACK])
    library.places[TRACK].write_bytes(b"another sound")
    assert await copying.cut_of(TRACK, library.places[TRACK]) != first


async def test_two_tracks_have_two(copying: Previews, library: Library) -> None:
    cuts = await asyncio.gather(*(copying.cut_of(track, library.places[track]) for track in (TRACK, OTHER)))
    assert len(set(cuts)) == 2


async def test_a_file_that_went_since_the_scan_is_gone(copying: Previews, tmp_path: Path) -> None:
    with pytest.raises(FileGone):
        await copying.cut_of(TRACK, tmp_path / "nowhere.flac")


async def test_a_cut_that_failed_is_tried_again_by_the_next(tmp_path: Path, folder: Path, library: Library) -> None:
    # Given a program that fails once
    once = f'[ -e "{tmp_path}/tried" ] && echo cut > "$draft" && exit 0; touch "{tmp_path}/tried"; exit 1'
    previews = Previews(folder, program(tmp_path / "once", once))
    with pytest.raises(NoPreview):
        await previews.cut_of(TRACK, library.places[TRACK])
    assert files(folder) == set()
    # Then the next guest gets the preview
    assert (await previews.cut_of(TRACK, library.places[TRACK])).exists()


async def test_half_a_cut_is_heard_by_nobody(tmp_path: Path, folder: Path, library: Library) -> None:
    previews = Previews(folder, program(tmp_path / "half", 'echo half > "$draft"; exit 1'))
    with pytest.raises(NoPreview):
        await previews.cut_of(TRACK, library.places[TRACK])
    assert files(folder) == set()


async def test_all_who_waited_for_a_cut_that_fails_are_told(tmp_path: Path, folder: Path, library: Library) -> None:
    previews = Previews(folder, program(tmp_path / "no", "exit 1"))
    asks = (previews.cut_of(TRACK, library.places[TRACK]) for _ in range(5))
    answers = await asyncio.gather(*asks, return_exceptions=True)
    assert [type(answer) for answer in answers] == [NoPreview] * 5


# -- bad uses --------------------------------------------------------------------------------------------------


async def test_bad_uses_are_counted_by_token_and_forgotten_after_a_day(redis: Redis) -> None:
    store = RedisMediaStore(redis)
    await asyncio.gather(*(store.count_bad_use("one") for _ in range(7)))
    assert [await store.bad_uses(name) for name in ("one", "other")] == [7, 0]
    assert 86_390 < int(await redis.call("TTL", "media:bad:one")) <= 86_400
