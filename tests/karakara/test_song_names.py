"""Tracks by the ids that KaraKara gives them."""

import re
from collections.abc import Sequence
from pathlib import PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.karakara.song_names import SongNames, song_name
from api_queue.tracks.models import Track
from api_queue.types import TrackId
from tests.tracks.test_full_text import track


class Shelf:
    """A library; `a` is the id of one of ours."""

    def __init__(self, *paths: str) -> None:
        self._paths = sorted(paths)

    async def track(self, name: str) -> Track | None:
        return track("Moon", "Ana") if name == "a" else None

    async def places(self) -> Sequence[tuple[TrackId, str]]:
        return [(TrackId(f"of {path}"), path) for path in self._paths]


@pytest.mark.parametrize(
    ("file", "theirs"),
    [
        ("KAT-TUN - Your side (Instrumental)", "Kat_Tun_Your_Side_Instrumental"),
        ("KAT-TUN - Your side (Instrumental)", "KAT_TUN_Your_side_Instrumental_"),
        ("Don't Stop [Vocal]", "Don_T_Stop"),
        ("[Live] 99 Luftballons", "Live_99_Luftballons"),
    ],
)
def test_a_file_is_known_by_the_id_that_is_made_of_its_name(file: str, theirs: str) -> None:
    assert song_name(file) == song_name(theirs)


@given(st.text(st.characters(max_codepoint=127)))
def test_what_was_made_of_a_name_is_a_name_of_the_same_song(name: str) -> None:
    assert song_name(song_name(name)) == song_name(name)
    assert re.fullmatch("([0-9a-z]+(_[0-9a-z]+)*)?", song_name(name))


async def test_the_first_file_of_a_name_counts_and_ours_are_left_as_they_are() -> None:
    songs = SongNames(Shelf("/b/Moon.flac", "/a/moon [Vocal].flac", "/a/a.flac"))
    first = TrackId("of /a/moon [Vocal].flac")
    assert await songs.found(["Moon", "MOON_", "a", "Sun"]) == {"Moon": first, "MOON_": first}


async def test_names_of_which_nothing_is_left_are_not_taken_for_each_other() -> None:
    assert await SongNames(Shelf("/月.flac")).found(["火", "月"]) == {}


def test_endings_are_no_part_of_a_name() -> None:
    assert song_name(PurePath("/m/Vol. 2.flac").stem) == "vol_2"
