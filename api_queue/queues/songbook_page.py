"""The song book as a page for paper. Codes take a millisecond each: it is written piece by piece, in a thread."""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import escape
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import urlencode

from api_queue.queues.night_wire import length_text
from api_queue.queues.songbook import Section
from api_queue.tracks.models import Track
from api_queue.types import QueueName
from api_queue.web.pages import assets
from api_queue.web.qr_codes import qr_inline

#: A book with more is printed without codes.
CODES_MOST: Final = 4_000
#: What is written before others get their turn, and is on its way by then.
_PIECE: Final = 25
#: Where `songbook.html` has what is filled in.
_TITLE, _QUEUE, _LEAD, _SONGS = "<!-- title -->", "<!-- queue -->", "<!-- lead -->", "<!-- songs -->"


class Book(NamedTuple):
    """`base` begins the addresses that the codes have; `tag` is what its reader has asked for."""

    queue: QueueName
    title: str
    base: str
    sections: Sequence[Section]
    codes: bool
    tag: str = ""

    @property
    def total(self) -> int:
        return sum(len(songs) for section in self.sections for _, songs in section.artists)

    def address(self, track: Track) -> str:
        """Of the guest page, where the song is ready to be added."""
        return f"/queue/{self.queue}/#add={track.track_id}"


def pieces(book: Book) -> Iterator[str]:
    head, foot = assets()["songbook.html"].body.decode().split(_SONGS)
    yield head.replace(_QUEUE, book.queue).replace(_LEAD, _lead(book)).replace(_TITLE, escape(book.title))
    parts = _parts(book)
    while piece := "".join(islice(parts, _PIECE)):
        yield piece
    yield foot


def _lead(book: Book) -> str:
    """How many there are, what to do, and the way to the other kind of book."""
    total, place = book.total, escape(f"{book.base}/queue/{book.queue}/")
    how = "Scan a code: the song is ready to be added." if book.codes else f"Find them at {place}"
    query = escape(urlencode({"qr": int(not book.codes), "tag": book.tag}))
    link = f'<a class="button screen-only" href="?{query}">{"Without" if book.codes else "With"} codes</a>'
    return f"<p>{total} {'song' if total == 1 else 'songs'}. {how}</p>{link if total <= CODES_MOST else ''}"


def _parts(book: Book) -> Iterator[str]:
    for letter, artists in book.sections:
        yield f"<h2>{letter}</h2>"
        for artist, songs in artists:
            yield f'<h3 dir="auto">{escape(artist)}</h3><ul>' if artist else "<ul>"
            yield from (_song(book, song) for song in songs)
            yield "</ul>"


def _song(book: Book, song: Track) -> str:
    address = book.address(song)
    code = f'<span class="code" aria-hidden="true">{_code(book.base + address)}</span>' if book.codes else ""
    words = f'<span dir="auto">{escape(song.title)}</span> <small>{length_text(song.duration_ms)}</small>'
    return f'<li><a href="{escape(address)}">{code}<span class="song">{words}</span></a></li>'


@lru_cache(CODES_MOST)
def _code(address: str) -> str:
    return qr_inline(address)
