"""The library's full text in SQLite: FTS5."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Integer, Select, Text, column, delete, func, insert, literal_column, select, table
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.drivers.sql import insert_rows
from api_queue.tracks.full_text import Row
from api_queue.tracks.questions import TAG, AllOf, AnyOf, Except, Named, Phrase, Question

#: Not tables that SQLAlchemy could make: `words` has a row for each track, `terms` lists the distinct words in it, and
#: `vocabulary` finds those that share three letters in a row with a misspelt one.
_TEXTS: Final = ("title", "artist", "album", "other", "tags")
words: Final = table("track_words", column("rowid", Integer), *(column(name, Text) for name in _TEXTS))
terms: Final = table("track_terms", column("term", Text))
vocabulary: Final = table("track_vocabulary", column("term", Text), column("rank"))

#: An International Standard Recording Code, folded: each track has its own, and none is a word.
_ISRC: Final = "[a-z][a-z]???[0-9][0-9][0-9][0-9][0-9][0-9][0-9]"
#: bm25 of a hit in title, artist, album, anything else, tags.
_RANK: Final[ColumnElement[float]] = literal_column("bm25(track_words, 10, 8, 3, 1, 0)")
_RANK_IN_TITLE: Final[ColumnElement[float]] = literal_column("bm25(track_words, 10, 0, 0, 0, 0)")


class Fts5:
    """full_text.FullText."""

    number = words.c.rowid

    async def put(self, connection: AsyncConnection, rows: Sequence[Row]) -> None:
        texts = [(row.number, *(" ".join(part) for part in row[1:])) for row in rows]
        await insert_rows(connection, insert(words), texts)

    async def drop(self, connection: AsyncConnection, numbers: Sequence[int]) -> None:
        if numbers:
            await connection.execute(delete(words).where(words.c.rowid.in_(numbers)))

    async def learn_words(self, connection: AsyncConnection) -> None:
        """Between spaces, so that their first and last letters count in a comparison of three."""
        no_words = terms.c.term.bool_op("GLOB")(_ISRC) | terms.c.term.bool_op("GLOB")(f"{TAG}*")
        known = select(" " + terms.c.term + " ").where(func.length(terms.c.term) >= 3, ~no_words)
        await connection.execute(delete(vocabulary))
        await connection.execute(insert(vocabulary).from_select(["term"], known))

    def hits(self, question: Question) -> Select[int]:
        return select(words.c.rowid).where(literal_column("track_words").match(_said(question)))

    def rank(self, question: Question) -> ColumnElement[float]:  # noqa: ARG002  # SQLite remembers it
        return _RANK

    def rank_in_title(self, question: Question) -> ColumnElement[float]:  # noqa: ARG002
        return _RANK_IN_TITLE

    def near(self, pieces: Sequence[str], most: int) -> Select[str]:
        any_of = literal_column("track_vocabulary").match(" OR ".join(f'"{piece}"' for piece in pieces))
        return select(vocabulary.c.term).where(any_of).order_by(vocabulary.c.rank).limit(most)


def _said(question: Question) -> str:
    """In the language of FTS5."""
    match question:
        case AnyOf(phrases):
            return "(" + " OR ".join(map(_phrase, phrases)) + ")"
        case AllOf(parts):
            return "(" + " AND ".join(map(_said, parts)) + ")"
        case Named(part):
            return f"({{title artist}} : {_said(part)})"
        case Except(wanted, unwanted):
            return f"({_said(wanted)} NOT {_said(unwanted)})"


def _phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"' + " *" * phrase.unfinished
