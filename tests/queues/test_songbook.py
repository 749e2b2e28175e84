"""The song book: its order, its pieces, and who gets it."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from api_queue.queues.songbook import letter_of, sections
from api_queue.queues.songbook_page import Book, pieces
from api_queue.types import QueueName
from tests.house import House
from tests.queues.nights import a_track

EVIL = "<script>alert(1)</script>\"'&"


@pytest.mark.parametrize(
    ("artist", "title", "letter"),
    [
        ("Mona Delft", "Tide", "M"),
        ("Élodie", "Tide", "E"),
        ("ærø", "Tide", "A"),
        ("Жанна", "Tide", "Ж"),
        ("2Raumwohnung", "Tide", "0–9"),
        ("'Til Tuesday", "Voices", "T"),
        ("", "Untitled", "U"),
        ("坂本", "Tide", "#"),
        ("!!!", "Tide", "#"),
        ("", "", "#"),
    ],
)
def test_where_a_song_is_looked_for(artist: str, title: str, letter: str) -> None:
    assert letter_of(a_track("t1", artist, title)) == letter


def test_digits_come_first_and_what_has_no_letter_last() -> None:
    artists = ["Zebra", "坂本", "ABBA", "10cc", "Élodie", "abba"]
    book = sections(a_track(f"{n}", artist, f"Song {n}") for n, artist in enumerate(artists))
    assert [section.letter for section in book] == ["0–9", "A", "E", "Z", "#"]
    [(abba, songs)] = book[1].artists
    assert (abba, [song.title for song in songs]) == ("ABBA", ["Song 2", "Song 5"])


@given(st.lists(st.tuples(st.text(max_size=5), st.text(max_size=5))))
def test_each_song_stands_there_once(names: list[tuple[str, str]]) -> None:
    tracks = [a_track(f"{n}", artist, title) for n, (artist, title) in enumerate(names)]
    book = sections(tracks)
    listed = [song.track_id for section in book for _, songs in section.artists for song in songs]
    assert sorted(listed) == sorted(track.track_id for track in tracks)
    assert len({section.letter for section in book}) == len(book)


def test_no_name_becomes_a_part_of_the_page() -> None:
    book = Book(QueueName("x"), EVIL, f"http://h{EVIL}", sections([a_track("t1", EVIL, EVIL)]), codes=False, tag=EVIL)
    page = "".join(pieces(book))
    parser = Scripts()
    parser.feed(page)
    assert parser.sources == ["/static/js/print.js"]
    assert page.count("alert(1)") >= 4


class Scripts(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sources: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.sources.append(dict(attrs)["src"])


def test_a_long_book_comes_in_pieces() -> None:
    tracks = [a_track(f"{n:032x}", "Band", f"Song {n}") for n in range(100)]
    written = list(pieces(Book(QueueName("x"), "X", "http://h", sections(tracks), codes=True)))
    assert len(written) > 4
    assert "".join(written).count("<svg") == 100


# -- over HTTP -------------------------------------------------------------------------------------------------


@pytest_asyncio.fixture(loop_scope="module")
async def guest(shared_house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with shared_house.guest() as guest:
        yield guest


@pytest.mark.asyncio(loop_scope="module")
async def test_the_book_is_what_the_queue_offers(guest: httpx.AsyncClient, shared_house: House) -> None:
    whole = await guest.get("/queue/party/songbook")
    assert whole.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in whole.headers["content-security-policy"]
    assert whole.text.rstrip().endswith("</html>")
    track = (await guest.get("/tracks")).json()["tracks"][0]
    [tag] = [tag for tag in track["tags"] if tag.startswith("artist:")]
    # When a reader asks for a part of it
    part = (await guest.get("/queue/party/songbook", params={"tag": tag, "qr": 0})).text
    assert 0 < part.count("<li>") < whole.text.count("<li>")
    assert "<svg" not in part
    # And when the queue offers a part of the library
    async with shared_house.admin() as admin:
        await admin.put("/queue/party/settings", json={"hidden_tags": [tag]})
        rest = (await guest.get("/queue/party/songbook")).text
        await admin.put("/queue/party/settings", json={"hidden_tags": []})
    assert rest.count("<li>") == whole.text.count("<li>") - part.count("<li>")


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize(
    ("path", "status", "code"),
    [("nowhere/songbook", 404, "unknown_queue"), ("party/songbook?qr=perhaps", 422, "bad_query")],
)
async def test_a_book_that_is_not_there(guest: httpx.AsyncClient, path: str, status: int, code: str) -> None:
    answer = await guest.get(f"/queue/{path}")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
