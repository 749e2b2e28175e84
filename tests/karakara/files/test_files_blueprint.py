"""`GET /files/TRACK/...`: what is there is sent, by ranges, and nothing else of the disk is."""

import httpx
import pytest

from api_queue.tracks.parts import Cut, PartService
from api_queue.types import Milliseconds, TrackId
from tests.karakara.files.conftest import LINES, WEBM, Stock
from tests.tracks.flacs import JPEG, PNG, Flac, song
from tests.tracks.scissors import Scissors

FOR_A_WEEK = "public, max-age=604800, immutable"


async def song_with(stock: Stock, **files: bytes) -> str:
    """The id of the only track, with these beside it: `Vocal_webm` is `one.Vocal.webm`, `webm` is `one.webm`."""
    song("One").write(stock.shelf.music / "one.flac")
    for name, content in files.items():
        (stock.shelf.music / f"one.{name.replace('_', '.')}").write_bytes(content)
    return (await stock.only_track()).track_id


def refused(answer: httpx.Response, code: str) -> None:
    """As the clients read errors; and nobody keeps it."""
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store"), answer.text
    body = answer.json()
    assert (body["status"], body["context"]["code"]) == (404, code)
    assert body["message"]


# -- what is there ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("beside", "name", "content", "media_type"),
    [
        ("webm", "Default.webm", WEBM, "video/webm"),
        ("Vocal_webm", "Vocal.webm", WEBM, "video/webm"),
        ("Default_webm", "Default.webm", WEBM, "video/webm"),
        ("vtt", "Default.vtt", b"WEBVTT\n", "text/vtt"),
        ("json", "Default.json", LINES, "application/json"),
        ("Romaji_json", "Romaji.json", LINES, "application/json"),
    ],
)
async def test_what_lies_beside_is_offered_as_it_is(
    stock: Stock, beside: str, name: str, content: bytes, media_type: str
) -> None:
    track_id = await song_with(stock, **{beside: content})
    answer = await stock.get(f"{track_id}/{name}")
    assert (answer.status_code, answer.content) == (200, content)
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == (media_type, FOR_A_WEEK)


async def test_a_file_of_the_plain_name_comes_before_one_that_says_default(stock: Stock) -> None:
    track_id = await song_with(stock, webm=WEBM, Default_webm=b"another")
    assert (await stock.get(f"{track_id}/Default.webm")).content == WEBM


async def test_a_video_is_sent_by_ranges(stock: Stock) -> None:
    track_id = await song_with(stock, webm=WEBM)
    path = f"{track_id}/Default.webm"
    part, last = await stock.get(path, Range="bytes=1-3"), await stock.get(path, Range="bytes=-5")
    assert (part.status_code, part.content) == (206, WEBM[1:4])
    assert part.headers["content-range"] == f"bytes 1-3/{len(WEBM)}"
    assert (last.status_code, last.content) == (206, WEBM[-5:])
    head = await stock.client.head(f"/files/{path}")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", f"{len(WEBM)}")


async def test_a_range_behind_the_end_is_refused_as_the_clients_read_it(stock: Stock) -> None:
    track_id = await song_with(stock, webm=WEBM)
    answer = await stock.get(f"{track_id}/Default.webm", Range=f"bytes={len(WEBM)}-")
    assert (answer.status_code, answer.json()["status"]) == (416, 416)
    assert answer.headers["content-range"] == f"bytes */{len(WEBM)}"


async def test_the_video_that_was_made_stands_where_none_lies_beside(stock: Stock) -> None:
    track_id = await song_with(stock)
    path = stock.videos.path(TrackId(track_id))
    path.parent.mkdir(parents=True)
    path.write_bytes(b"made")
    assert (await stock.get(f"{track_id}/Default.webm")).content == b"made"
    (stock.shelf.music / "one.webm").write_bytes(WEBM)
    await stock.shelf.scan()
    assert (await stock.get(f"{track_id}/Default.webm")).content == WEBM


async def test_lyrics_are_made_into_both_forms(stock: Stock) -> None:
    song("One").write(stock.shelf.music / "one.flac")
    (stock.shelf.music / "one.lrc").write_text("[00:01.00]愛 & <3\n[00:02.50]")
    track = await stock.only_track()
    in_json, vtt = [await stock.get(f"{track.track_id}/Default.{kind}") for kind in ("json", "vtt")]
    assert in_json.json() == [{"start": 1.0, "end": 2.5, "text": "愛 & <3", "top": False}]
    assert vtt.text == "WEBVTT\n\n00:00:01.000 --> 00:00:02.500\n愛 &amp; &lt;3\n"
    assert (vtt.headers["content-type"], vtt.headers["cache-control"]) == ("text/vtt", FOR_A_WEEK)


async def test_subtitles_beside_it_come_before_its_lyrics(stock: Stock) -> None:
    track_id = await song_with(stock, lrc=b"[00:01.00]la", vtt=b"WEBVTT\n")
    assert (await stock.get(f"{track_id}/Default.vtt")).content == b"WEBVTT\n"
    assert (await stock.get(f"{track_id}/Default.json")).json()[0]["text"] == "la"


async def test_words_without_times_are_an_empty_list(stock: Stock) -> None:
    """Which is success: an error would be shown to the singer."""
    track_id = await song_with(stock, lrc=b"la la la")
    assert (await stock.get(f"{track_id}/Default.json")).json() == []


@pytest.mark.parametrize(
    ("picture", "name", "media_type"), [(PNG, "cover.png", "image/png"), (JPEG, "cover.jpg", "image/jpeg")]
)
async def test_its_cover(stock: Stock, picture: bytes, name: str, media_type: str) -> None:
    Flac(picture=picture).write(stock.shelf.music / "one.flac")
    track = await stock.only_track()
    answer = await stock.get(f"{track.track_id}/{name}")
    assert (answer.content, answer.headers["content-type"]) == (picture, media_type)
    assert answer.headers["cache-control"] == FOR_A_WEEK
    known = await stock.get(f"{track.track_id}/{name}", **{"If-None-Match": answer.headers["etag"]})
    assert (known.status_code, known.content) == (304, b"")


async def test_a_picture_for_all_that_have_none(stock: Stock) -> None:
    answer = await stock.get("cover.png")
    assert answer.content.startswith(b"\x89PNG\r\n")
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/png", FOR_A_WEEK)


async def test_a_part_has_the_cover_of_its_recording(stock: Stock) -> None:
    Flac("set", seconds=60, picture=PNG).write(stock.shelf.music / "set.flac")
    (stock.shelf.music / "set.webm").write_bytes(WEBM)
    (stock.shelf.music / "set.lrc").write_text("[00:01.00]la")
    whole = await stock.only_track()
    scissors = Scissors(stock.shelf.store._engine, PartService(stock.shelf.store, stock.shelf.library))
    [part] = await scissors.cut(whole.track_id, [Cut(number=1, start_ms=Milliseconds(1000), title="One")])
    assert (await stock.get(f"{part}/cover.png")).content == PNG
    # And neither its video nor its lyrics, which are of the whole
    refused(await stock.get(f"{part}/Default.webm"), "video_not_made")
    refused(await stock.get(f"{part}/Default.json"), "no_attachment")


# -- what is not -----------------------------------------------------------------------------------------------


async def test_a_video_that_was_not_made_yet(stock: Stock) -> None:
    refused(await stock.get(f"{await song_with(stock)}/Default.webm"), "video_not_made")


@pytest.mark.parametrize("name", ["Vocal.webm", "Default.json", "Default.vtt", "Vocal.json"])
async def test_what_the_track_has_not(stock: Stock, name: str) -> None:
    refused(await stock.get(f"{await song_with(stock)}/{name}"), "no_attachment")


@pytest.mark.parametrize(
    ("name", "code"), [("cover.jpg", "no_cover"), ("cover.png", "no_cover"), ("cover.svg", "no_attachment")]
)
async def test_a_cover_that_it_has_not(stock: Stock, name: str, code: str) -> None:
    refused(await stock.get(f"{await song_with(stock)}/{name}"), code)


async def test_a_cover_of_another_kind(stock: Stock) -> None:
    Flac(picture=PNG).write(stock.shelf.music / "one.flac")
    track = await stock.only_track()
    refused(await stock.get(f"{track.track_id}/cover.jpg"), "no_attachment")


async def test_a_track_that_is_not_there(stock: Stock) -> None:
    """Not even where a video of it was left behind."""
    path = stock.folder / "videos" / "gone.webm"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"made")
    refused(await stock.get("gone/Default.webm"), "unknown_track")


async def test_what_has_gone_since_the_scan(stock: Stock) -> None:
    track_id = await song_with(stock, webm=WEBM)
    (stock.shelf.music / "one.webm").unlink()
    refused(await stock.get(f"{track_id}/Default.webm"), "file_gone")
    (stock.shelf.music / "one.flac").unlink()
    refused(await stock.get(f"{track_id}/Default.webm"), "file_gone")


async def test_what_became_a_link_out_of_the_library(stock: Stock) -> None:
    track_id = await song_with(stock, webm=WEBM)
    (stock.shelf.music.parent / "letters").write_bytes(b"private")
    (stock.shelf.music / "one.webm").unlink()
    (stock.shelf.music / "one.webm").symlink_to(stock.shelf.music.parent / "letters")
    refused(await stock.get(f"{track_id}/Default.webm"), "file_gone")


NO_NAMES = (
    *("one.flac", "Default.flac", "Default.webm.flac", "Default.mp4", "Default", ".webm", "..webm", "webm"),
    *("Default.WEBM", "Default..webm", "a.b.webm", "d%C3%A9faut.webm", "%D9%A3.webm", f"{'v' * 33}.webm"),
    *("%2e%2e", "..%2fone.flac", "..%5cone.webm", "%2e%2e%2f%2e%2e%2fapi_queue.sqlite", "Default.webm%2f..%2fone.flac"),
    *("Default%00.webm", "Default.webm%00", "Default.webm%0a", "Default%2ewebm"),
)
NO_PATHS = ("%2e%2e/one.flac", "..%2f..%2fetc/passwd", "%2fetc/passwd", "videos/x.webm", "tracks.json/x", "", "lock")


async def test_nothing_else_is_a_file_and_no_path_leads_out(stock: Stock) -> None:
    # Given a library with a video, and names beside it that are none
    track_id = await song_with(stock, webm=WEBM)
    for name in ("a.b.webm", f"{'v' * 33}.webm", "mp4"):
        (stock.shelf.music / f"one.{name}").write_bytes(WEBM)
    await stock.shelf.scan()
    # When somebody tries whatever comes to mind
    paths = [*(f"{track_id}/{name}" for name in NO_NAMES), *NO_PATHS]
    answers = {path: await stock.get(path) for path in paths}
    # Then each is refused as the clients read it
    told = {path: (answer.status_code, answer.json()["status"]) for path, answer in answers.items()}
    assert told == dict.fromkeys(paths, (404, 404))
