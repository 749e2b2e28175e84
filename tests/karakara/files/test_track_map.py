"""`GET /files/tracks.json`: every track in KaraKara's form, made once for each announcement of the library."""

import asyncio
import gzip
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from api_queue.karakara import track_map
from api_queue.karakara.track_map import TrackMaps
from api_queue.karakara.track_map_folder import MapFolder
from api_queue.tracks.parts import Cut, PartService
from api_queue.types import Milliseconds
from tests.karakara.files.conftest import LINES, WEBM, Stock
from tests.tracks.flacs import JPEG, PNG, Flac, song
from tests.tracks.scissors import Scissors


def of_default(kind: str, mime: str, track_id: str) -> dict[str, str]:
    return {"variant": "Default", "mime": mime, "path": f"{track_id}/Default.{kind}"}


# -- a track ---------------------------------------------------------------------------------------------------


async def test_a_track_as_the_clients_read_it(stock: Stock) -> None:
    # Given a track with all that it can have
    comments: dict[str, str | list[str]] = {
        "TITLE": "One",
        "ARTIST": ["X", "Y"],
        "ALBUM": "First",
        "GENRE": "Rock",
        "DATE": "2009-03-11",
        "TAG": ["new", "vocaltrack:off"],
        "SYNCEDLYRICS": "[00:01.00]la",
    }
    Flac("tune", comments, seconds=61.5, picture=PNG).write(stock.shelf.music / "one.flac")
    (stock.shelf.music / "one.Vocal.webm").write_bytes(WEBM)
    track_id = (await stock.only_track()).track_id
    # Then this stands in the map
    assert await stock.map() == {
        track_id: {
            "id": track_id,
            "duration": 61.5,
            "tags": {
                "title": ["One"],
                "artist": ["X", "Y"],
                "album": ["First"],
                "from": ["First"],
                "genre": ["Rock"],
                "category": ["Rock"],
                "year": ["2009"],
                "vocaltrack": ["off"],
                "": ["new"],
            },
            "attachments": {
                "video": [
                    of_default("webm", "video/webm", track_id),
                    {"variant": "Vocal", "mime": "video/webm", "path": f"{track_id}/Vocal.webm"},
                ],
                "image": [{"variant": "Default", "mime": "image/png", "path": f"{track_id}/cover.png"}],
                "subtitle": [
                    of_default("json", "application/json", track_id),
                    of_default("vtt", "text/vtt", track_id),
                ],
            },
        }
    }


async def test_a_bare_track_has_a_title_a_video_and_a_picture(stock: Stock) -> None:
    Flac().write(stock.shelf.music / "歌 — λ.flac")
    track = await stock.only_track()
    entry = (await stock.map())[track.track_id]
    assert entry["tags"] == {"title": ["歌 — λ"]}
    assert entry["attachments"] == {
        "video": [of_default("webm", "video/webm", track.track_id)],
        "image": [{"variant": "Default", "mime": "image/png", "path": "cover.png"}],
        "subtitle": [],
    }


async def test_tags_of_its_own_come_before_what_we_make_of_genre_and_album(stock: Stock) -> None:
    tags = ["category:anime", "from:A Series"]
    song("One", GENRE="Rock", ALBUM="First", TAG=tags).write(stock.shelf.music / "one.flac")
    await stock.only_track()
    [entry] = (await stock.map()).values()
    assert (entry["tags"]["category"], entry["tags"]["from"]) == (["anime"], ["A Series"])


async def test_parts_of_a_recording_have_its_cover_and_nothing_that_lies_beside_it(stock: Stock) -> None:
    # Given a set of ten minutes that is cut in two, with a video of the whole
    recording = Flac("set", {"TITLE": "Set", "LYRICS": "la"}, seconds=600, picture=JPEG)
    recording.write(stock.shelf.music / "set.flac")
    (stock.shelf.music / "set.webm").write_bytes(WEBM)
    whole = await stock.only_track()
    scissors = Scissors(stock.shelf.store._engine, PartService(stock.shelf.store, stock.shelf.library))
    halves = [Cut(number=1, start_ms=Milliseconds(0), end_ms=Milliseconds(300_000), title="One")]
    halves.append(Cut(number=2, start_ms=Milliseconds(300_000), title="Two"))
    parts = await scissors.cut(whole.track_id, halves)
    # Then the map has three tracks
    entries = await stock.map()
    assert entries.keys() == {whole.track_id, *parts}
    second = entries[parts[1]]
    assert (second["tags"]["title"], second["duration"]) == (["Two"], 300.0)
    assert second["attachments"] == {
        "video": [of_default("webm", "video/webm", parts[1])],
        "image": [{"variant": "Default", "mime": "image/jpeg", "path": f"{parts[1]}/cover.jpg"}],
        "subtitle": [],
    }


async def test_no_path_of_the_server_stands_in_it(stock: Stock) -> None:
    song("One").write(stock.shelf.music / "private folder" / "one.flac")
    (stock.shelf.music / "private folder" / "one.webm").write_bytes(WEBM)
    await stock.only_track()
    text = (await stock.get("tracks.json")).text
    assert "private folder" not in text
    assert f"{stock.shelf.music}" not in text


async def test_each_path_in_it_leads_somewhere(stock: Stock) -> None:
    """But the video that is still to be made."""
    Flac("a", {"TITLE": "a", "SYNCEDLYRICS": "[00:01.00]la"}, picture=JPEG).write(stock.shelf.music / "a.flac")
    song("b").write(stock.shelf.music / "b.flac")
    for name, content in {"a.Vocal.webm": WEBM, "a.Hard.vtt": b"WEBVTT\n", "a.Hard.json": LINES}.items():
        (stock.shelf.music / name).write_bytes(content)
    await stock.shelf.scan()
    found = {
        each["path"]: (await stock.get(each["path"]), each["mime"])
        for entry in (await stock.map()).values()
        for attachments in entry["attachments"].values()
        for each in attachments
    }
    assert {path.partition("/")[2] or path for path, (answer, _) in found.items() if answer.status_code == 404} == {
        "Default.webm"
    }
    assert len(found) == 9
    assert all(answer.headers["content-type"] == mime for answer, mime in found.values() if answer.is_success)


# -- when it is made -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, 2, 3, 4, 6, 7])
async def test_it_is_whole_however_many_pieces_it_comes_in(
    stock: Stock, monkeypatch: pytest.MonkeyPatch, count: int
) -> None:
    monkeypatch.setattr(track_map, "_TOGETHER", 3)
    for number in range(count):
        song(f"{number}").write(stock.shelf.music / f"{number}.flac")
    await stock.shelf.scan()
    found = await stock.maps.current()
    entries = msgspec.json.decode(found.plain.read_bytes())
    assert sorted(entry["tags"]["title"] for entry in entries.values()) == [[f"{number}"] for number in range(count)]
    assert gzip.decompress(found.compressed.read_bytes()) == found.plain.read_bytes()


async def test_other_processes_take_the_one_that_is_there(stock: Stock) -> None:
    song("One").write(stock.shelf.music / "one.flac")
    await stock.shelf.scan()
    made = (await stock.maps.current()).plain.stat()
    again = (await stock.maps.current()).plain.stat()
    assert (again.st_ino, again.st_mtime_ns) == (made.st_ino, made.st_mtime_ns)


async def test_a_new_announcement_is_a_new_map_and_the_old_one_goes(stock: Stock) -> None:
    song("One").write(stock.shelf.music / "one.flac")
    await stock.shelf.scan()
    before = await stock.maps.current()
    # And what somebody left who was killed while he made one
    for ending in (".json", ".json.gz"):
        (before.plain.parent / f"draft-0123{ending}").write_bytes(b"{")
    # When a song comes
    song("Two").write(stock.shelf.music / "two.flac")
    await stock.shelf.scan()
    # Then it is in the map, which is all that lies in the folder
    after = await stock.maps.current()
    assert len(await stock.map()) == 2
    assert before.plain != after.plain
    assert {path for path in after.plain.parent.iterdir() if path.name != "lock"} == {after.plain, after.compressed}


async def test_a_video_that_is_laid_beside_a_track_is_in_the_next_map(stock: Stock) -> None:
    song("One").write(stock.shelf.music / "one.flac")
    track = await stock.only_track()
    before = (await stock.map())[track.track_id]["attachments"]
    (stock.shelf.music / "one.Karaoke.webm").write_bytes(WEBM)
    await stock.shelf.scan()
    after = (await stock.map())[track.track_id]["attachments"]
    assert [each["variant"] for each in before["video"]] == ["Default"]
    assert [each["variant"] for each in after["video"]] == ["Default", "Karaoke"]


async def test_an_older_form_of_another_version_of_ours_is_not_taken(
    stock: Stock, monkeypatch: pytest.MonkeyPatch
) -> None:
    song("One").write(stock.shelf.music / "one.flac")
    await stock.shelf.scan()
    before = await stock.maps.current()
    monkeypatch.setattr(track_map, "__version__", "another")
    assert (await stock.maps.current()).plain != before.plain


async def test_without_an_announcement_there_is_a_map_all_the_same(stock: Stock) -> None:
    """Redis may have lost it; the next scan tells again."""
    song("One").write(stock.shelf.music / "one.flac")
    await stock.shelf.scan()
    await stock.shelf.library._redis.call("FLUSHALL")
    assert await stock.maps.mtime() is None
    assert len(await stock.map()) == 1


async def test_its_time_is_that_of_the_announcement(stock: Stock) -> None:
    await stock.announce(1_700_000_000_123)
    assert await stock.maps.mtime() == (await stock.maps.current()).mtime_s == 1_700_000_000.123


# -- several at once -------------------------------------------------------------------------------------------


class Gate:
    """Pieces of a map that come when the test says so; counts how often they are asked for."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.begun = 0

    async def pieces(self, *_: object) -> Any:
        self.begun += 1
        yield b"{"
        await self.open.wait()
        yield b"}"


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    gate = Gate()
    monkeypatch.setattr(track_map, "_pieces", gate.pieces)
    return gate


async def asked(*maps: TrackMaps) -> list[asyncio.Task[Any]]:
    """All of them wait, on each other or on the gate."""
    asking = [asyncio.create_task(each.current()) for each in maps]
    await asyncio.sleep(0.3)  # nothing can be awaited that does not happen
    return asking


async def test_all_who_ask_at_once_wait_for_one_making(stock: Stock, gate: Gate) -> None:
    # Given two processes with two guests each
    one, other = stock.maps, stock.maps
    asking = await asked(one, one, other, other)
    # When the map is made
    gate.open.set()
    found = await asyncio.gather(*asking)
    # Then it was made once
    assert gate.begun == 1
    assert {each.plain.read_bytes() for each in found} == {b"{}"}


async def test_it_is_made_though_nobody_waits_for_it_any_more(stock: Stock, gate: Gate) -> None:
    maps = stock.maps
    [asking] = await asked(maps)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    gate.open.set()
    assert (await maps.current()).plain.read_bytes() == b"{}"
    assert gate.begun == 1


async def test_a_making_that_broke_off_leaves_nothing_and_locks_nobody_out(tmp_path: Path) -> None:
    folder = MapFolder(tmp_path / "maps")

    async def breaking() -> Any:
        yield b"{"
        raise KeyError("a bug")

    async def whole() -> Any:
        yield b"{}"

    with pytest.raises(KeyError):
        await folder.write("one", breaking())
    assert [path.name for path in (tmp_path / "maps").iterdir()] == ["lock"]
    await folder.write("one", whole())
    assert folder.has("one")


# -- how long it is kept ---------------------------------------------------------------------------------------


def kept(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers["cache-control"]


FOR_A_WEEK = "public, max-age=604800, immutable"


@pytest.mark.parametrize(
    ("ver", "caching"),
    [
        ("1700000000.123", FOR_A_WEEK),
        ("1700000000.1", "no-cache"),
        ("1700000001.123", "no-cache"),
        ("0", "no-cache"),
        ("", "no-cache"),
        ("nan", "no-cache"),
        ("undefined", "no-cache"),
    ],
)
async def test_it_is_kept_where_the_address_names_it(stock: Stock, ver: str, caching: str) -> None:
    """Who asks for another may have heard of a map that we do not know yet."""
    await stock.announce(1_700_000_000_123)
    assert kept(await stock.get(f"tracks.json?ver={ver}")) == (200, caching)


async def test_a_time_of_whole_seconds_is_named_as_scripts_write_it(stock: Stock) -> None:
    await stock.announce(1_700_000_000_000)
    assert kept(await stock.get("tracks.json?ver=1700000000")) == (200, FOR_A_WEEK)


async def test_before_the_first_scan_nothing_is_kept(stock: Stock) -> None:
    assert kept(await stock.get("tracks.json?ver=None")) == (200, "no-cache")


async def test_who_has_it_is_not_sent_it_again(stock: Stock) -> None:
    await stock.announce(1)
    has = (await stock.get("tracks.json")).headers["etag"]
    assert (await stock.get("tracks.json", **{"If-None-Match": has})).status_code == 304
    await stock.announce(2)
    assert (await stock.get("tracks.json", **{"If-None-Match": has})).status_code == 200


async def test_compressed_it_is_for_those_who_say_so(stock: Stock) -> None:
    song("One").write(stock.shelf.music / "one.flac")
    await stock.only_track()
    answers = [await stock.get("tracks.json", **{"Accept-Encoding": form}) for form in ("gzip, br", "identity")]
    assert [answer.headers.get("content-encoding") for answer in answers] == ["gzip", None]
    assert {answer.headers["vary"] for answer in answers} == {"Accept-Encoding"}
    assert answers[0].json() == answers[1].json()


async def test_a_head_tells_its_length(stock: Stock) -> None:
    whole = await stock.get("tracks.json", **{"Accept-Encoding": "identity"})
    head = await stock.client.head("/files/tracks.json", headers={"Accept-Encoding": "identity"})
    assert (head.status_code, head.content, int(head.headers["content-length"])) == (200, b"", len(whole.content))
