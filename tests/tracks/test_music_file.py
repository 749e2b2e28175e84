import os
import socket
from pathlib import Path

import pytest

from api_queue.errors import NotMusic
from api_queue.formats.lrc import Line
from api_queue.tracks.music_file import COVER_MAX_BYTES, image_type, read_cover, read_lyrics, read_track
from tests.tracks.flacs import JPEG, PNG, Flac, song


def test_the_facts_of_a_well_tagged_file(music: Path) -> None:
    comments: dict[str, str | list[str]] = {
        "TITLE": "Your side (Instrumental)",
        "ARTIST": ["KAT-TUN", "Somebody"],
        "ALBUM": "An Album",
        "TRACKNUMBER": "3/12",
        "DISCNUMBER": "1",
        "DATE": "2009-03-11",
        "GENRE": ["J-Pop", "Rock; Ballad"],
        "LANGUAGE": "ja",
        "ISRC": "jp-b60-09-00101",
        "MUSICBRAINZ_TRACKID": "0a1b",
        "REPLAYGAIN_TRACK_GAIN": "-6.54 dB",
        "REPLAYGAIN_TRACK_PEAK": "0.98",
        "TAGS": "hidden",
        "CUESHEET": """FILE "a.flac" WAVE
            TRACK 01 AUDIO
                INDEX 01 00:00:00
            TRACK 02 AUDIO
                INDEX 01 01:40:00""",
    }
    track = read_track(Flac(comments=comments, seconds=200.5).write(music / "a.flac"))

    assert (track.title, track.artists, track.artist) == (
        comments["TITLE"],
        ("KAT-TUN", "Somebody"),
        "KAT-TUN, Somebody",
    )
    assert (track.album, track.track_number, track.disc_number, track.date) == ("An Album", 3, 1, "2009-03-11")
    assert (track.duration_ms, track.sample_rate, track.channels) == (200_500, 44_100, 2)
    assert track.genres == ("J-Pop", "Rock", "Ballad")
    assert track.isrc == "JPB600900101"
    assert track.musicbrainz == {"trackid": "0a1b"}
    assert track.replaygain
    assert (track.replaygain.track_gain_db, track.replaygain.track_peak) == (-6.54, 0.98)
    assert {"genre:Rock", "lang:ja", "artist:KAT-TUN", "year:2009", "hidden"} <= set(track.tags)
    assert track.cuesheet
    assert track.alias == "KAT_TUN_Somebody_Your_side_Instrumental_"


def test_an_untagged_file_is_named_after_its_file(music: Path) -> None:
    track = read_track(Flac().write(music / "07 Unknown.flac"))

    assert (track.title, track.artists, track.alias, track.tags) == ("07 Unknown", (), "07_Unknown", ())
    assert not track.cuesheet


def test_an_alias_of_its_own(music: Path) -> None:
    track = read_track(song("A Song", API_QUEUE_ALIAS="KAT_TUN_Your_side_Instrumental_").write(music / "a.flac"))

    assert track.alias == "KAT_TUN_Your_side_Instrumental_"


def test_control_characters_and_endless_text_are_cut(music: Path) -> None:
    track = read_track(Flac(comments={"TITLE": "a\x00b\u202ec\n" + "x" * 5000}).write(music / "a.flac"))

    assert track.title.startswith("a b c x")
    assert len(track.title) == 300


# -- the id ----------------------------------------------------------------------------------------------------


def test_the_id_stays_when_tags_change(music: Path) -> None:
    before = read_track(Flac("tune", {"TITLE": "One"}).write(music / "a.flac"))
    after = read_track(Flac("tune", {"TITLE": "Two"}, picture=PNG).write(music / "b.flac"))

    assert before.track_id == after.track_id
    assert len(before.track_id) == 26


@pytest.mark.parametrize("id3", [b"", b"ID3\x04\x00\x00\x00\x00\x02\x01" + bytes(257)])
def test_without_md5_the_id_is_of_the_encoded_sound(music: Path, id3: bytes) -> None:
    # Given two files without MD5, one with an ID3 tag before it and other comments
    plain = read_track(Flac(has_md5=False).write(music / "a.flac"))
    tagged = music / "b.flac"
    tagged.write_bytes(id3 + bytes(Flac(comments={"TITLE": "Other"}, has_md5=False)))
    # Then the same sound has the same id, and another one another
    assert read_track(tagged).track_id == plain.track_id
    assert read_track(Flac(has_md5=False, frames=b"other" * 99).write(music / "c.flac")).track_id != plain.track_id


# -- bad files -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no readable FLAC"),
        (b"fLaC", "no readable FLAC"),
        (b"not music at all", r"no readable FLAC \(not a valid FLAC file\)"),
        (bytes(Flac())[:30], "no readable FLAC"),
        (bytes(Flac(frames=b"")), "ends where its sound should begin"),
        (bytes(Flac(seconds=0)), "does not say how long"),
        (b"fLaC\x84\x00\x00\x08\xff\xff\xff\xff\xff\xff\xff\xff", "no readable FLAC"),
        (bytes(Flac()).replace(b"tests", b"tes"), "no readable FLAC"),
    ],
)
def test_a_bad_file_says_what_is_wrong(music: Path, content: bytes, reason: str) -> None:
    path = music / "bad.flac"
    path.write_bytes(content)

    with pytest.raises(NotMusic, match=reason):
        read_track(path)


def test_pipes_and_links_are_not_opened(music: Path) -> None:
    # Given a pipe that nobody writes to, and a link
    os.mkfifo(music / "pipe.flac")
    (music / "link.flac").symlink_to(song("A").write(music / "a.flac"))
    # Then neither is read, and neither waits
    with pytest.raises(NotMusic, match="plain file"):
        read_track(music / "pipe.flac")
    with pytest.raises(OSError, match="symbolic links"):
        read_track(music / "link.flac")


def test_a_socket_is_not_opened(music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(music)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.flac")
        with pytest.raises(OSError, match="No such device"):
            read_track(music / "socket.flac")


# -- covers ----------------------------------------------------------------------------------------------------


def test_the_front_cover_of_several_pictures(music: Path) -> None:
    path = Flac(picture=PNG).write(music / "a.flac")

    cover = read_cover(path)

    assert cover
    assert (cover.image, cover.media_type) == (PNG, "image/png")
    assert read_track(path).cover == "image/png"


def test_a_cover_beside_the_file(music: Path) -> None:
    path = song("A").write(music / "a.flac")
    (music / "folder.jpg").write_bytes(JPEG)

    cover = read_cover(path)

    assert cover
    assert (cover.image, cover.media_type) == (JPEG, "image/jpeg")


def test_the_cover_in_the_file_goes_before_the_one_beside_it(music: Path) -> None:
    path = Flac(picture=PNG).write(music / "a.flac")
    (music / "cover.jpg").write_bytes(JPEG)

    cover = read_cover(path)

    assert cover
    assert cover.image == PNG


def test_a_cover_beside_the_file_is_no_larger_than_one_inside(music: Path) -> None:
    path = song("A").write(music / "a.flac")
    with (music / "cover.jpg").open("wb") as huge:
        huge.write(JPEG)
        huge.truncate(COVER_MAX_BYTES + 1)

    assert read_cover(path) is None


def test_only_images_are_covers(music: Path) -> None:
    # Given pictures that would run as a page, in the file and beside it
    path = Flac(picture=b"<svg onload='alert(1)'/>").write(music / "a.flac")
    (music / "cover.jpg").write_bytes(b"<html><script>")
    # Then there is no cover
    assert read_cover(path) is None
    assert read_track(path).cover is None


def test_a_cover_that_is_a_link_stays_shut(music: Path, tmp_path: Path) -> None:
    (tmp_path / "private.png").write_bytes(PNG)
    (music / "cover.png").symlink_to(tmp_path / "private.png")

    assert read_cover(song("A").write(music / "a.flac")) is None


def test_image_types() -> None:
    assert image_type(b"GIF89a...") == "image/gif"
    assert image_type(b"RIFF\x00\x00\x00\x00WEBPVP8 ") == "image/webp"
    assert image_type(b"RIFF\x00\x00\x00\x00WAVE") is None


# -- lyrics ----------------------------------------------------------------------------------------------------


def test_timed_lyrics_win_over_plain_ones(music: Path) -> None:
    path = song("A", LYRICS="Just words", SYNCEDLYRICS="[00:01.00]One\n[00:02.00]Two").write(music / "a.flac")

    lyrics = read_lyrics(path)

    assert lyrics
    assert lyrics.lines == (Line(1000, "One"), Line(2000, "Two"))
    assert lyrics.text == "One\nTwo"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_lyrics_beside_the_file_in_any_encoding(music: Path, encoding: str) -> None:
    path = song("A", LYRICS="Just words").write(music / "a.flac")
    (music / "a.lrc").write_bytes("[00:01.00]Café über".encode(encoding))

    lyrics = read_lyrics(path)

    assert lyrics
    assert lyrics.lines == (Line(1000, "Café über"),)


@pytest.mark.parametrize("key", ["LYRICS", "UNSYNCEDLYRICS", "SyncedLyrics"])
def test_plain_lyrics_have_no_lines(music: Path, key: str) -> None:
    lyrics = read_lyrics(song("A", **{key: "Just\nwords"}).write(music / "a.flac"))

    assert lyrics
    assert (lyrics.text, lyrics.lines) == ("Just\nwords", ())
    assert read_track(music / "a.flac").lyrics


def test_a_song_without_words(music: Path) -> None:
    assert read_lyrics(song("A").write(music / "a.flac")) is None
