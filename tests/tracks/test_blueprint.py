"""Over HTTP, as a phone or curl sees the library."""

from collections.abc import AsyncIterator

import httpx
import pytest
from sanic import Request, Sanic

from api_queue.drivers.clock import SystemClock
from api_queue.playback.like_store import SqlLikes
from api_queue.tracks.analysis_store import SqlAnalyses
from api_queue.tracks.blueprint import bp
from api_queue.tracks.models import EVERYTHING, TagFilter
from api_queue.web.errors import setup_errors
from api_queue.web.file_ranges import FileSender
from api_queue.web.identity import Caller
from api_queue.web.methods import HeadRouter
from tests.serving import NO_TLS, serving
from tests.tracks.conftest import Shelf
from tests.tracks.flacs import PNG, Flac, song


async def nobody(request: Request) -> None:
    request.ctx.caller = Caller(None, "127.0.0.1")


@pytest.fixture
async def client(shelf: Shelf) -> AsyncIterator[httpx.AsyncClient]:
    """Of a server with two tracks; the queue `pop` offers the second."""
    comments: dict[str, str | list[str]] = {"TITLE": "Eins", "ARTIST": "Ünal", "SYNCEDLYRICS": "[00:01.50]la"}
    Flac("tune", comments, picture=PNG).write(shelf.music / "one.flac")
    song("Zwei", "Zoë", GENRE="Pop", LYRICS="Just words").write(shelf.music / "two.flac")
    await shelf.scan()
    shelf.queues.filters["pop"] = TagFilter.of(["genre:pop"])
    app = Sanic("tracks", router=HeadRouter(), configure_logging=False)
    app.config.ACCESS_LOG = False
    app.ctx.tracks, app.ctx.data_files = shelf.service, shelf.files
    app.ctx.files = FileSender(SystemClock(), "", 5)
    app.ctx.analyses, app.ctx.likes = SqlAnalyses(shelf.store._engine), SqlLikes(shelf.store._engine)
    app.on_request(nobody)
    setup_errors(app)
    app.blueprint(bp)
    async with serving(app) as address, httpx.AsyncClient(base_url=address, verify=NO_TLS) as client:
        yield client


async def test_a_search(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/tracks", params={"q": "zoe"})).json()

    assert answer["total"] == 1
    [track] = answer["tracks"]
    assert track["track_id"]
    assert {key: value for key, value in track.items() if key != "track_id"} == {
        "title": "Zwei",
        "artist": "Zoë",
        "album": "",
        "duration_ms": 180_000,
        "tags": ["genre:Pop", "artist:Zoë"],
        "cover": False,
        "lyrics": True,
        "likes": 0,
        "liked": False,
    }


async def test_questions(client: httpx.AsyncClient) -> None:
    expected = {
        "": ["Eins", "Zwei"],
        "?limit=1&offset=1": ["Zwei"],
        "?tag=genre:pop": ["Zwei"],
        "?tag=-genre:pop": ["Eins"],
        "?tag=genre:pop&tag=artist:ünal": [],
        "?queue=pop": ["Zwei"],
        "?queue=pop&q=eins": [],
    }

    answers = {question: (await client.get(f"/tracks{question}")).json() for question in expected}

    assert {q: [track["title"] for track in answer["tracks"]] for q, answer in answers.items()} == expected


async def test_a_question_out_of_bounds(client: httpx.AsyncClient) -> None:
    for question in ("limit=0", "limit=201", "limit=many", "offset=-1", f"q={'x' * 201}"):
        answer = await client.get(f"/tracks?{question}")

        assert (answer.status_code, answer.json()["code"]) == (422, "bad_query")


async def test_a_queue_that_is_not(client: httpx.AsyncClient) -> None:
    answer = await client.get("/tracks?queue=nowhere")

    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_queue")


async def test_one_track_by_its_alias(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/tracks/Ünal_Eins")).json()

    assert (answer["alias"], answer["artists"], answer["sample_rate"]) == ("Ünal_Eins", ["Ünal"], 44_100)
    assert (await client.get(f"/tracks/{answer['track_id']}")).json() == answer
    assert "one.flac" not in str(answer)


async def test_what_is_not_there(client: httpx.AsyncClient) -> None:
    for path in ("nothing", "nothing/cover", "..%2Fone.flac", "Zoë_Zwei/cover"):
        answer = await client.get(f"/tracks/{path}")

        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_cover_is_kept_by_the_browser(client: httpx.AsyncClient) -> None:
    cover = await client.get("/tracks/Ünal_Eins/cover")

    assert (cover.content, cover.headers["content-type"]) == (PNG, "image/png")
    assert "max-age=86400" in cover.headers["cache-control"]
    again = await client.get("/tracks/Ünal_Eins/cover", headers={"If-None-Match": cover.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_lyrics_with_and_without_times(client: httpx.AsyncClient) -> None:
    timed = await client.get("/tracks/Ünal_Eins/lyrics")
    plain = await client.get("/tracks/Zoë_Zwei/lyrics")

    assert timed.json() == {"text": "la", "lines": [{"at_ms": 1500, "text": "la"}]}
    assert plain.json() == {"text": "Just words", "lines": None}


@pytest.mark.parametrize("coding", ["gzip", "identity"])
async def test_a_data_file_is_kept_for_ever(client: httpx.AsyncClient, shelf: Shelf, coding: str) -> None:
    address = f"/tracks/data/{await shelf.files.data_file(EVERYTHING)}.json"

    answer = await client.get(address, headers={"Accept-Encoding": coding})

    assert answer.headers.get("content-encoding", "identity") == coding
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert {track["title"] for track in answer.json().values()} == {"Eins", "Zwei"}
    known = {"Accept-Encoding": coding, "If-None-Match": answer.headers["etag"]}
    assert (await client.get(address, headers=known)).status_code == 304
    head = await client.head(address, headers={"Accept-Encoding": coding})
    assert (head.content, head.headers["content-length"]) == (b"", answer.headers["content-length"])


async def test_both_codings_have_tags_of_their_own(client: httpx.AsyncClient, shelf: Shelf) -> None:
    address = f"/tracks/data/{await shelf.files.data_file(EVERYTHING)}.json"

    tags = {(await client.get(address, headers={"Accept-Encoding": coding})).headers["etag"] for coding in ("gzip", "")}

    assert len(tags) == 2


async def test_no_such_data_file(client: httpx.AsyncClient) -> None:
    for name in ("0" * 32 + ".json", "nothing.json", "..%2F..%2Fsecret"):
        answer = await client.get(f"/tracks/data/{name}")

        assert (answer.status_code, answer.json()["code"]) == (404, "unknown_data_file")


async def test_head_is_get_without_the_body(client: httpx.AsyncClient) -> None:
    for path in ("", "/Ünal_Eins", "/Ünal_Eins/cover", "/Ünal_Eins/lyrics"):
        get, head = await client.get(f"/tracks{path}"), await client.head(f"/tracks{path}")

        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"]
