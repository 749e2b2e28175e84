"""Which sheets of a folder are looked into for a recording. `tests/tracklists/test_sheets.py` has what they become."""

from pathlib import Path
from unittest.mock import Mock

import pytest

from api_queue.formats.cue import reading
from api_queue.tracks import sheet_file
from api_queue.tracks.music_file import read_cover, read_lyrics, read_track
from api_queue.tracks.sheet_file import SheetsOf
from tests.tracks.flacs import song

FOLDER = ("a.flac", "b.FLAC", "a.cue", "a.flac.cue", "B.Cue", "night.cue", "cover.jpg", "a.txt")


@pytest.mark.parametrize(
    ("name", "sheets"), [("a.flac", ("a.cue", "a.flac.cue", "night.cue")), ("b.FLAC", ("B.Cue", "night.cue"))]
)
def test_those_with_its_name_come_first_and_those_of_another_not_at_all(name: str, sheets: tuple[str, ...]) -> None:
    assert SheetsOf(FOLDER, ".flac")(name) == sheets


def test_a_folder_full_of_them_is_not_read_for_each_recording() -> None:
    names = [f"{number:04}.cue" for number in range(5_000)]
    sheets = SheetsOf(["a.flac", "a.cue", *names], ".flac")("a.flac")
    assert sheets[0] == "a.cue"
    assert len(sheets) == 20


def test_a_sheet_of_none_of_them_is_read_once_for_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "night.cue").write_text('FILE "night.wav" WAVE\n')
    paths = [tmp_path / f"{number}.flac" for number in range(3)]
    for path in paths:
        song(path.name).write(path)
    read = Mock(wraps=reading.read)
    monkeypatch.setattr(sheet_file, "read", read)

    assert [read_track(path).cuesheet for path in paths] == [False] * 3

    assert read.call_count == 1


def test_whoever_wants_a_cover_or_lyrics_looks_at_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A phone shows fifty covers at once, of folders with thousands of files."""
    path = tmp_path / "a.flac"
    song("a").write(path)
    monkeypatch.setattr(Path, "iterdir", Mock(side_effect=AssertionError))

    assert read_cover(path) is None
    assert read_lyrics(path) is None
