"""Which sheets of a folder are looked into for a recording. `tests/tracklists/test_sheets.py` has what they become."""

import pytest

from api_queue.tracks.sheet_file import SheetsOf

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
