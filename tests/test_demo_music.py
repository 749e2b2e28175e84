"""The demo music is what a first start plays: each file has to be whole, pleasant, and ours to make again."""

import re
import subprocess
import sys
from array import array
from collections.abc import Sequence
from pathlib import Path

import pytest
from mutagen.flac import FLAC

from .tools import needs

DEMO = Path(__file__).parent.parent / "config" / "demo"
MUSIC = sorted((DEMO / "music").glob("*.flac"))
ALIAS = "KAT_TUN_Your_side_Instrumental_"
LINE = re.compile(r"\[(\d\d):(\d\d\.\d\d)\](.+)")

each_track = pytest.mark.parametrize("path", MUSIC, ids=lambda path: path.stem)


def opened(path: Path) -> FLAC:
    return FLAC(path)  # type: ignore[no-untyped-call]  # mutagen's types are incomplete


def tag(path: Path, name: str) -> str:
    [value] = opened(path)[name]
    return str(value)


def samples(path: Path) -> Sequence[int]:
    raw = ["--force-raw-format", f"--endian={sys.byteorder}", "--sign=signed"]
    command = [needs("flac"), "--decode", "--silent", "--stdout", *raw, str(path)]
    return array("h", subprocess.run(command, capture_output=True, check=True).stdout)


def test_there_are_ten_tracks_in_less_than_6_mb() -> None:
    assert len(MUSIC) == 10
    assert sum(path.stat().st_size for path in MUSIC) < 6_000_000


def test_there_is_a_score_for_every_track() -> None:
    assert [path.stem for path in sorted((DEMO / "songs").glob("*.toml"))] == [path.stem for path in MUSIC]


@each_track
def test_a_track_is_short_and_can_be_decoded_by_anything(path: Path) -> None:
    info = opened(path).info
    assert 15 <= info.length <= 40
    assert (info.sample_rate, info.channels, info.bits_per_sample) == (24_000, 2, 16)


@each_track
def test_a_track_has_its_tags(path: Path) -> None:
    for name in ("TITLE", "ARTIST", "ALBUM", "GENRE", "LYRICS"):
        assert tag(path, name)
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", tag(path, "DATE"))
    assert re.fullmatch(r"[a-z]{3}", tag(path, "LANGUAGE"))
    assert tag(path, "TRACKNUMBER") == str(int(path.name[:2]))
    assert tag(path, "COMMENT") == "Made for api_queue; CC0"


@each_track
def test_the_words_come_in_order_and_before_the_music_ends(path: Path) -> None:
    lines = [LINE.fullmatch(line) for line in tag(path, "SYNCEDLYRICS").splitlines()]
    found = [line for line in lines if line]
    times_s = [60 * int(line[1]) + float(line[2]) for line in found]
    assert len(lines) == len(found) >= 4
    assert times_s == sorted(set(times_s))
    assert times_s[-1] < opened(path).info.length
    assert [line[3] for line in found] == tag(path, "LYRICS").splitlines()


@each_track
def test_a_track_has_a_small_square_front_cover(path: Path) -> None:
    [cover] = opened(path).pictures
    assert (cover.type, cover.mime, cover.width, cover.height) == (3, "image/png", 600, 600)
    assert cover.data.startswith(b"\x89PNG\r\n")
    assert len(cover.data) < 25_000


def test_no_two_tracks_share_a_title_an_artist_or_a_cover() -> None:
    for facts in (
        {tag(path, "TITLE") for path in MUSIC},
        {tag(path, "ARTIST") for path in MUSIC},
        {opened(path).pictures[0].data for path in MUSIC},
    ):
        assert len(facts) == 10


@pytest.mark.parametrize("script", ["[а-я]", "[α-ω]", "[ぁ-ヿ]", "[ا-ي]", "[éêöõü]"])
def test_names_come_in_many_scripts(script: str) -> None:
    assert any(re.search(script, tag(path, "TITLE")) for path in MUSIC)
    assert any(re.search(script, tag(path, "ARTIST")) for path in MUSIC)


def test_one_track_has_the_readable_id_of_the_first_curl_line() -> None:
    [track] = [path for path in MUSIC if "API_QUEUE_ALIAS" in opened(path)]
    assert tag(track, "API_QUEUE_ALIAS") == ALIAS
    assert tag(track, "TITLE") == "Your side (Instrumental)"


@each_track
def test_a_track_neither_clips_nor_leans_nor_falls_silent(path: Path) -> None:
    """Silent is: a second below -50 dB, before the last two."""
    heard = samples(path)
    second = 2 * 24_000
    assert max(heard) < 30_000
    assert min(heard) > -30_000
    assert abs(sum(heard) / len(heard)) < 8
    for start in range(0, len(heard) - 3 * second, second // 2):
        assert max(heard[start : start + second]) > 100


@each_track
def test_replay_gain_is_what_an_independent_meter_measures(path: Path) -> None:
    meter = [needs("ffmpeg"), "-hide_banner", "-nostats", "-i", str(path), "-map", "0:a"]
    measured = subprocess.run(
        [*meter, "-af", "ebur128=framelog=verbose", "-f", "null", "-"], capture_output=True, check=True
    )
    [lufs] = re.findall(r"I:\s+(-[\d.]+) LUFS", measured.stderr.decode())
    assert float(tag(path, "REPLAYGAIN_TRACK_GAIN").removesuffix(" dB")) == pytest.approx(-18 - float(lufs), abs=0.2)
    assert float(lufs) == pytest.approx(-17, abs=0.5)


def test_the_same_score_gives_the_same_audio(tmp_path: Path) -> None:
    needs("flac")
    subprocess.run([sys.executable, DEMO / "synthesise.py", "--into", tmp_path, "5"], check=True)
    [again] = tmp_path.iterdir()
    shipped = DEMO / "music" / again.name
    assert opened(again).info.md5_signature == opened(shipped).info.md5_signature
