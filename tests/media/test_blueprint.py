"""`/media` over HTTP: addresses as players use them, what is refused and how, downloads that outlive their token."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Request, Sanic

from api_queue.drivers.clock import SystemClock
from api_queue.media.blueprint import bp
from api_queue.media.models import Turn
from api_queue.media.preview import Previews
from api_queue.media.service import MediaService, PreviewService
from api_queue.tracks.models import Part
from api_queue.types import DeviceId, Milliseconds, TrackId
from api_queue.web.errors import setup_errors
from api_queue.web.file_ranges import FileSender
from api_queue.web.methods import HeadRouter
from tests.media.conftest import ADMIN, KITCHEN, OTHER, PARTY, SPEAKER, TRACK, Leases, Library
from tests.media.test_preview import Policy
from tests.serving import NO_TLS, serving

BODY = {"queue": PARTY, "device_id": KITCHEN.device_id, "generation": KITCHEN.generation, "track_id": TRACK}
CALLERS = {"speaker": SPEAKER, "admin": ADMIN}


@pytest.fixture
def app(service: MediaService, library: Library, tmp_path: Path) -> "Sanic[Any, Any]":
    app = Sanic("media", router=HeadRouter(), configure_logging=False)
    app.ctx.media = service
    app.ctx.previews = PreviewService(library, Policy(), Previews(tmp_path / "previews"))
    app.ctx.files = FileSender(SystemClock(), "", 5)
    setup_errors(app)

    @app.on_request
    async def identify(request: Request) -> None:
        request.ctx.caller = CALLERS[request.headers.get("x-role", "speaker")]

    app.blueprint(bp)
    return app


@pytest.fixture
async def client(app: "Sanic[Any, Any]") -> AsyncIterator[httpx.AsyncClient]:
    async with serving(app) as base, httpx.AsyncClient(base_url=base, verify=NO_TLS) as client:
        yield client


async def _mint(client: httpx.AsyncClient, **fields: object) -> str:
    answer = await client.post("/media/token", json=BODY | fields)
    assert answer.status_code == 200
    return str(answer.json()["url"])


async def test_an_address_for_a_part_says_where_in_the_recording_it_is(
    client: httpx.AsyncClient, library: Library
) -> None:
    library.parts[TrackId("song")] = Part(TRACK, Milliseconds(1_500), Milliseconds(2_000))

    answer = (await client.post("/media/token", json=BODY | {"track_id": "song"})).json()

    assert answer["part_of"] == {"track_id": TRACK, "start_ms": 1_500, "end_ms": 2_000}
    assert answer["url"].startswith(f"/media/tracks/{TRACK}?")
    assert (await client.get(answer["url"])).content == library.places[TRACK].read_bytes()


async def test_a_minted_address_plays(client: httpx.AsyncClient, library: Library) -> None:
    # When the speaker asks for an address
    answer = (await client.post("/media/token", json=BODY)).json()
    assert set(answer) == {"url", "expires_at_ms", "ttl_s", "part_of"}
    assert answer["part_of"] is None
    # Then it needs nothing else to be played, whole, in parts, or only looked at
    music = library.places[TRACK].read_bytes()
    whole = await client.get(answer["url"])
    assert (whole.status_code, whole.headers["content-type"], whole.content) == (200, "audio/flac", music)
    part = await client.get(answer["url"], headers={"Range": "bytes=3-5"})
    assert (part.status_code, part.content) == (206, music[3:6])
    head = await client.head(answer["url"])
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(music)))


async def test_a_device_says_by_its_token_who_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.post("/media/token", json={"track_id": TRACK})
    assert (await client.get(answer.json()["url"])).status_code == 200


async def test_an_admin_needs_no_device(client: httpx.AsyncClient) -> None:
    answer = await client.post("/media/token", json={"track_id": TRACK}, headers={"x-role": "admin"})
    assert (await client.get(answer.json()["url"])).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (BODY | {"generation": 6}, 403, "not_the_speaker"),
        (BODY | {"track_id": "nothing"}, 404, "unknown_track"),
        ({"queue": PARTY}, 422, "bad_body"),
        ({"track_id": TRACK, "device_id": "kitchen"}, 422, "bad_body"),
        (BODY | {"generation": "seven"}, 422, "bad_body"),
    ],
)
async def test_refused_mints(client: httpx.AsyncClient, body: dict[str, object], status: int, code: str) -> None:
    answer = await client.post("/media/token", json=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_no_token_or_garbage_is_401(client: httpx.AsyncClient) -> None:
    url = await _mint(client)
    for query in ("", "?token=", "?token=x", "?token=x.y", f"?{url.partition('?')[2]}x", "?token=%00.%ff"):
        for method in ("GET", "HEAD"):
            answer = await client.request(method, f"/media/tracks/{TRACK}{query}")
            assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert (await client.get(f"/media/tracks/{TRACK}")).json()["code"] == "bad_media_token"


async def test_of_another_track_or_generation_is_403(client: httpx.AsyncClient, leases: Leases) -> None:
    url = await _mint(client)
    other = await client.get(url.replace(TRACK, OTHER))
    assert (other.status_code, other.json()["code"]) == (403, "foreign_media_token")
    leases.beat(Turn(PARTY, DeviceId("balcony"), 8))
    assert (await client.get(url)).status_code == 403


async def test_a_track_id_is_never_a_path(client: httpx.AsyncClient, library: Library) -> None:
    for name in ("..%2f..%2fetc%2fpasswd", "%2e%2e", "track1.flac"):
        assert (await client.get(f"/media/tracks/{name}?token=x.y")).status_code in (401, 404)


async def test_a_download_under_way_outlives_its_token(
    client: httpx.AsyncClient, library: Library, leases: Leases, tmp_path: Path
) -> None:
    # Given a speaker in the middle of a long track
    long = tmp_path / "long.flac"
    long.write_bytes(b"music" * 4_000_000)
    library.places[TrackId("long")] = long
    async with client.stream("GET", await _mint(client, track_id="long")) as answer:
        chunks = answer.aiter_raw()
        received = len(await anext(chunks))
        # When another becomes the speaker / Then the response that has begun is finished
        leases.beat(Turn(PARTY, DeviceId("balcony"), 8))
        async for chunk in chunks:
            received += len(chunk)
    assert received == 20_000_000


async def test_sanics_own_log_shows_no_token(client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    # When Sanic writes down a request that was broken off, as it does at this level
    caplog.set_level(logging.INFO, "sanic.root")
    url = await _mint(client)
    logging.getLogger("sanic.root").info("Request: GET %s stopped.", url)
    # Then the line says so without the credential
    assert "?token=..." in caplog.text
    assert url.partition("token=")[2] not in caplog.text


async def test_previews_are_for_queues_that_want_them(client: httpx.AsyncClient) -> None:
    for query in ("", "?queue=quiet"):
        answer = await client.get(f"/media/preview/{TRACK}{query}")
        assert (answer.status_code, answer.json()["code"]) == (403, "preview_off")
    answer = await client.get(f"/media/preview/{TRACK}?queue={PARTY}")
    assert (answer.status_code, answer.json()["code"]) in ((404, "no_preview"), (503, "previews_need_ffmpeg"))
