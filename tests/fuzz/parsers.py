"""Everything that reads bytes of strangers, by name: what it is, and a few examples to damage.

`run` takes any bytes. What it may raise is what its callers catch; anything else is a fault of ours. CUE sheets have a
file of their own (`cue.py`), and the whole API another one (`api.py`).
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any, Final, cast

import msgspec
from sanic import Request

from api_queue.accounts.jwt import AccessTokenReader
from api_queue.drivers.announcer import packets
from api_queue.drivers.announcer.packets import ProtocolError, VersionError
from api_queue.errors import ApiQueueError
from api_queue.formats import byte_ranges, lrc
from api_queue.formats.audacity_labels import read_labels
from api_queue.formats.conditions import FIELDS, Validators, judge, range_applies
from api_queue.formats.csv_items import encode_line
from api_queue.formats.set_times import read_time
from api_queue.karakara import queue_file, subtitles
from api_queue.karakara.guest_packets import GuestPackets
from api_queue.karakara.settings_wire import RoomSettings, changed
from api_queue.messages.json_file import decoded, encoded, unused
from api_queue.queues.blueprint import NewItem
from api_queue.queues.models import Item
from api_queue.queues.settings import QueueSettings
from api_queue.stream.models import Subscription, parse_positions
from api_queue.tracklists.list_bodies import NewList
from api_queue.tracklists.page import read_page
from api_queue.tracklists.robots import Robots
from api_queue.tracklists.search_page import read_search_page
from api_queue.tracklists.text import parse_text
from api_queue.tracks.folding import corrections, fold, words
from api_queue.tracks.music_file import image_type, read_cover, read_lyrics, read_sheet, read_track
from api_queue.types import MessageQueueName, Milliseconds, QueueName
from api_queue.web.bodies import read_body, read_raw
from api_queue.web.client_address import client_address, networks
from api_queue.web.credentials import read_bearer, read_cookies
from tests.queues.builders import NOW, an_item
from tests.tracklists.site.pages import old_tracklist, tracklist
from tests.tracklists.site.searches import results
from tests.tracks.flacs import song

ORDERS: Final = MessageQueueName("orders")
MOST_PACKETS: Final = 1 << 20
TOKENS: Final = AccessTokenReader((b"k" * 32,))
PROXIES: Final = networks(("10.0.0.0/8", "::1"))


@dataclass(frozen=True)
class Parser:
    """`expected`: what else than ApiQueueError may come out."""

    run: Callable[[bytes], object]
    seeds: tuple[bytes, ...]
    expected: tuple[type[Exception], ...] = ()

    def take(self, data: bytes) -> None:
        with suppress(ApiQueueError, *self.expected):
            self.run(data)


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    """For who is handed text: as headers, where each byte is a character."""
    return lambda data: read(data.decode("latin-1"))


def _utf8(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode(errors="replace"))


@cache
def _folder() -> Path:
    return Path(mkdtemp(prefix="fuzz-"))


def _flac(data: bytes) -> None:
    """As a scan does. A file that cannot be read is one fault, whatever is wrong in it."""
    path = _folder() / "song.flac"
    path.write_bytes(data)
    for read in (read_track, read_cover, read_lyrics, read_sheet):
        with suppress(ApiQueueError):
            read(path)


def _ranges(header: str) -> None:
    for size in (0, 1, 1000):
        with suppress(ApiQueueError):
            spans = byte_ranges.select(header, size)
            assert all(0 <= span.start < span.stop <= size for span in spans or ())


def _conditions(header: str) -> None:
    current = Validators('"a"', NOW // 1000)
    for name in FIELDS:
        judge({name: header}, current, NOW // 1000)
    range_applies(header, current, NOW // 1000)


def _packets(data: bytes) -> None:
    buffer = bytearray(data)
    while cut := packets.take(buffer, MOST_PACKETS):
        packets.decode(*cut)


def _body(data: bytes) -> None:
    for kind in ("application/json", "text/csv", "application/x-www-form-urlencoded"):
        stands_for: Any = SimpleNamespace(body=data, content_type=kind, get_form=lambda: None)
        for read in (_new_item, _raw):
            with suppress(ApiQueueError):
                read(cast("Request[Any, Any]", stands_for))


def _new_item(request: "Request[Any, Any]") -> None:
    read_body(request, NewItem, csv_columns=("track_id", "performer_name"))
    read_body(request, NewList)


def _raw(request: "Request[Any, Any]") -> None:
    read_raw(request, NewList)


def _karakara(data: bytes) -> None:
    with suppress(msgspec.DecodeError, UnicodeDecodeError):
        changed(msgspec.json.decode(data, type=RoomSettings, strict=False), QueueSettings())


def _lyrics(text: str) -> None:
    shown = subtitles.subtitles(lrc.parse(text), Milliseconds(60_000))
    subtitles.to_vtt(shown)
    subtitles.to_json(shown)


def _robots(text: str) -> None:
    rules = Robots.read(text)
    rules.allows(text[:200])
    rules.allows("/tracklist/a.html")


def _last_event_id(text: str) -> None:
    several = Subscription((QueueName("a"), QueueName("b")), several=True)
    given = parse_positions(text, several)
    assert set(given) <= set(several.queues)


def _forwarded(header: str) -> None:
    client_address("10.0.0.1", header, PROXIES)


def _messages(data: bytes) -> None:
    decoded(data, ORDERS)


def _search(text: str) -> None:
    typed = words(fold(text[:100]))
    corrections(text[:40], [*typed, "slow", "boat"])


PARSERS: Final[Mapping[str, Parser]] = {
    "tracklist_page": Parser(read_page, (tracklist().encode(), old_tracklist().encode())),
    "search_page": Parser(read_search_page, (results().encode(),)),
    "tracklist_text": Parser(
        _utf8(parse_text),
        (b"00:00 Ana - Song\n03:10 Bob - Tune [LABEL]\n", b"1\tAna\tSong\t0:00\n2\tBob\tTune\t3:10\n"),
    ),
    "robots": Parser(_utf8(_robots), (b"User-agent: *\nDisallow: /a*b$\nAllow: /\nCrawl-delay: 2\n",)),
    "set_time": Parser(_utf8(read_time), (b"1:02:03.5", b"02:03", b"75")),
    "labels": Parser(_utf8(read_labels), (b"0.000\t1.5\tAna - Song\n\\\t10\t20\n",)),
    "lyrics": Parser(_utf8(_lyrics), (b"[offset:500]\n[00:01.20][00:09.1]la la\n[01:02]la\n",)),
    "flac": Parser(_flac, (bytes(song("Song", "Ana", lyrics="[00:01.00]la")), b"fLaC\x00\x00\x00\x22" + bytes(34))),
    "image": Parser(image_type, (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"RIFF____WEBP")),
    "range": Parser(_text(_ranges), (b"bytes=0-1,5-,-7", b"bytes=0-0")),
    "conditions": Parser(_text(_conditions), (b'W/"a", "b"', b"Sun, 06 Nov 1994 08:49:37 GMT", b"*")),
    "mqtt": Parser(
        _packets,
        (packets.connect("a", clean_session=True, keepalive_s=10), b"\x82\x08\x00\x01\x00\x03a/b\x00"),
        (ProtocolError, VersionError),
    ),
    "mqtt_guest": Parser(
        lambda data: GuestPackets("api_queue").passed(data),
        (
            packets.connect("a", clean_session=True, keepalive_s=10),
            b"\x82\x16\x00\x01\x00\x11room/a/queue/x/y/\x00",
            packets.puback(1),
        ),
        (ProtocolError, VersionError),
    ),
    "last_event_id": Parser(_text(_last_event_id), (b"1-0", b"a=1-0,b=7-2")),
    "access_token": Parser(_text(TOKENS.read), (b"eyJhbGciOiJIUzI1NiJ9.e30.aaaa",)),
    "cookies": Parser(_text(read_cookies), (b"session_id=aq_a; access_token=b.c.d",)),
    "bearer": Parser(_text(read_bearer), (b"Bearer aq_a",)),
    "forwarded": Parser(_text(_forwarded), (b"1.2.3.4, 10.0.0.2", b"[::1]:80, ::ffff:1.2.3.4")),
    "body": Parser(_body, (b'{"track_id": "a", "performer_name": "Ana"}', b"a,Ana", b"track_id=a&performer_name=Ana")),
    "karakara_settings": Parser(_karakara, (b'{"track_space": 5, "event_end": "2026-01-01T00:00:00"}',)),
    "karakara_queue": Parser(
        _utf8(queue_file.rows),
        (encode_line(["track_id", "track_duration", "session_owner", "performer_name", "start_time", "id"]).encode(),),
    ),
    "item_line": Parser(_utf8(Item.from_line), (an_item().as_line().encode(),), (ValueError,)),
    "messages_file": Parser(_messages, (encoded(unused(ORDERS)),), (ValueError,)),
    "search": Parser(_utf8(_search), ("Zoë slow boat".encode(),)),
}
