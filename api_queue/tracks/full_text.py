"""The library's full text: what is put into the index of either database, and what an index has to do."""

from collections.abc import Sequence
from typing import Final, NamedTuple, Protocol

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.tracks.folding import joined_words, words
from api_queue.tracks.models import Track, facts_of
from api_queue.tracks.questions import TAG, Question, tag_word

#: Numbers of tracks whose titles have equally many words; the longest share one range. All fit into 31 bits.
_RANGE: Final = 1 << 25
_LONGEST: Final = 63


class Row(NamedTuple):
    """The words of a track; `tags` are such words too. `number` is the track's."""

    number: int
    title: list[str]
    artist: list[str]
    album: list[str]
    other: list[str]
    tags: list[str]


class FullText(Protocol):
    """Of SQLite or of PostgreSQL."""

    @property
    def number(self) -> ColumnElement[int]:
        """Of a hit."""

    async def put(self, connection: AsyncConnection, rows: Sequence[Row]) -> None:
        """Tracks whose numbers are not in it."""

    async def drop(self, connection: AsyncConnection, numbers: Sequence[int]) -> None: ...

    async def learn_words(self, connection: AsyncConnection) -> None:
        """From now on the words that are in it now correct those that are misspelt."""

    def hits(self, question: Question) -> Select[int]:
        """Their numbers."""

    def rank(self, question: Question) -> ColumnElement[float]:
        """Of a hit: the smaller the better."""

    def rank_in_title(self, question: Question) -> ColumnElement[float]: ...

    def near(self, pieces: Sequence[str], most: int) -> Select[str]:
        """Words between spaces that have any of these pieces, of three letters or more; first those that have most."""


def numbers(title_words: int) -> tuple[int, int]:
    """First and last number of tracks whose titles have so many words."""
    first = min(title_words, _LONGEST) * _RANGE
    return first, first + _RANGE - 1


def row_of(number: int, track: Track) -> Row:
    values = [tag.partition(":")[2] or tag for tag in track.tags]
    joined = [word for part in (track.title, *track.artists, track.album) for word in joined_words(part)]
    tags = [TAG, *map(tag_word, facts_of(track).tags)]
    other = [*_words(track.isrc, *values), *joined]
    return Row(number, _words(track.title), _words(*track.artists), _words(track.album), other, tags)


def _words(*parts: str) -> list[str]:
    return words(" ".join(parts))


async def counts(connection: AsyncConnection, index: FullText, *questions: Question) -> Sequence[int]:
    """How many hits each has, in one statement."""
    counted = (select(func.count()).select_from(index.hits(question).subquery()) for question in questions)
    return (await connection.execute(select(*(count.scalar_subquery() for count in counted)))).one()
