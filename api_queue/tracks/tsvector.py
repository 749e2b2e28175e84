"""The library's full text in PostgreSQL: `tsvector`s of words as they are, for which no dictionary is asked.

An index does not know where in a text a word stands. So words of title and artist are in it twice, the second time
behind a sign, and a question is answered by the index alone, but for phrases.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    Integer,
    MetaData,
    Select,
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import REAL, TSQUERY, TSVECTOR
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import ARRAY

from api_queue.drivers.sql import insert_rows
from api_queue.tracks.full_text import Row
from api_queue.tracks.questions import TAG, AllOf, AnyOf, Except, Named, Phrase, Question

#: Of PostgreSQL alone.
metadata: Final = MetaData()
index: Final = Table(
    "track_words",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("words", TSVECTOR, nullable=False),
    Index("ix_track_words_words", "words", postgresql_using="gin"),
)
#: Words that correct misspelt ones; `grams` are each three letters in a row, spaces at both ends among them.
vocabulary: Final = Table(
    "track_vocabulary",
    metadata,
    Column("term", Text(collation="C"), primary_key=True),
    Column("grams", TSVECTOR, nullable=False),
    Index("ix_track_vocabulary_grams", "grams", postgresql_using="gin"),
)

#: Begins the second one of a word in title and artist; nobody can type it.
_NAMED: Final = "\ue001"
#: Of title, artist, album, anything else. Words of two of them are never beside each other.
_WEIGHTS: Final = "ABCD"
_APART: Final = 10
#: What PostgreSQL takes: letters of a word (2,046 bytes) and words of a track (1 MiB).
_LETTERS_MAX: Final = 255
_WORDS_MAX: Final = 10_000
#: Of D, C, B, A, as in `fts5.py`; the longer a text, the less is one of its words: by the logarithm of its length.
_RANK: Final = cast([0.1, 0.3, 0.8, 1.0], ARRAY(REAL))
_RANK_IN_TITLE: Final = cast([0.0, 0.0, 0.0, 1.0], ARRAY(REAL))
_BY_LENGTH: Final = 1

_LEARN: Final = text(
    """
    WITH known AS (
        SELECT ' ' || word || ' ' AS term FROM ts_stat('SELECT words FROM track_words')
        WHERE char_length(word) >= 3 AND left(word, 1) NOT IN (:tag, :named) AND word !~ '^[a-z]{2}.{3}[0-9]{7}$'
    ), forgotten AS (
        DELETE FROM track_vocabulary WHERE NOT EXISTS (SELECT FROM known WHERE known.term = track_vocabulary.term)
    )
    INSERT INTO track_vocabulary (term, grams)
    SELECT term, array_to_tsvector(ARRAY(SELECT substr(term, i, 3) FROM generate_series(1, char_length(term) - 2) AS i))
    FROM known ON CONFLICT DO NOTHING
    """
)


class TsVector:
    """full_text.FullText."""

    #: `+ 0`: else PostgreSQL looks at all tracks in their order, and so at texts that cost more than it thinks.
    number: ColumnElement[int] = index.c.number + 0

    async def put(self, connection: AsyncConnection, rows: Sequence[Row]) -> None:
        await insert_rows(connection, insert(index), [(row.number, _vector(row)) for row in rows])

    async def drop(self, connection: AsyncConnection, numbers: Sequence[int]) -> None:
        if numbers:
            await connection.execute(delete(index).where(index.c.number.in_(numbers)))

    async def learn_words(self, connection: AsyncConnection) -> None:
        await connection.execute(_LEARN, {"tag": TAG, "named": _NAMED})
        await connection.execute(text("ANALYZE track_words, track_vocabulary, tracks"))

    def hits(self, question: Question) -> Select[int]:
        return select(index.c.number).where(index.c.words.bool_op("@@")(_query(_said(question))))

    def rank(self, question: Question) -> ColumnElement[float]:
        return _rank(_RANK, question)

    def rank_in_title(self, question: Question) -> ColumnElement[float]:
        return _rank(_RANK_IN_TITLE, question)

    def near(self, pieces: Sequence[str], most: int) -> Select[str]:
        any_of = _query(" | ".join(map(_grams, pieces)))
        likeness = func.ts_rank(vocabulary.c.grams, any_of, _BY_LENGTH)
        found = select(vocabulary.c.term).where(vocabulary.c.grams.bool_op("@@")(any_of))
        return found.order_by(likeness.desc(), vocabulary.c.term).limit(most)


def _vector(row: Row) -> str:
    places = count(1)
    texts = [list(_placed(part, weight, places)) for weight, part in zip(_WEIGHTS, row[1:5], strict=True)]
    named = (f"'{_NAMED}{placed[1:]}" for placed in texts[0] + texts[1])
    return " ".join([*chain(*texts), *named, *map(_quoted, row.tags)])


def _placed(words: Sequence[str], weight: str, places: Iterator[int]) -> Iterator[str]:
    for word in words[:_WORDS_MAX]:
        yield f"{_quoted(word)}:{next(places)}{weight}"
    for _ in range(_APART):
        next(places)


def _quoted(word: str, sign: str = "") -> str:
    """A word has letters, numbers and signs of scripts only, so that nothing in it ends the quotes."""
    return f"'{sign}{word[:_LETTERS_MAX]}'"


# -- what is asked ---------------------------------------------------------------------------------------------


def _said(question: Question, sign: str = "") -> str:
    """In the language of a `tsquery`; `sign` stands before each word."""
    match question:
        case AnyOf(phrases):
            return _any_of(phrases, sign)
        case AllOf(parts):
            return "(" + " & ".join(_said(part, sign) for part in parts) + ")"
        case Named(part):
            return _said(part, _NAMED)
        case Except(wanted, unwanted):
            return f"({_said(wanted, sign)} & !{_said(unwanted, sign)})"


def _rank(weights: ColumnElement[Sequence[float]], question: Question) -> ColumnElement[float]:
    """A whole word counts twice, since it is a beginning as well."""
    phrases = list(_phrases(question))
    whole, begun = ([p for p in phrases if p.unfinished is is_begun] for is_begun in (False, True))
    ranks = [_rank_of_any(weights, some) for some in (whole, begun) if some]
    return -sum(ranks[1:], ranks[0])


def _rank_of_any(weights: ColumnElement[Sequence[float]], phrases: Sequence[Phrase]) -> ColumnElement[float]:
    return func.ts_rank(weights, index.c.words, _query(_any_of(phrases)), _BY_LENGTH)


def _phrases(question: Question) -> Iterator[Phrase]:
    """Those that make it a better hit, or a worse."""
    match question:
        case AnyOf(phrases):
            yield from (phrase for phrase in phrases if not phrase.words[0].startswith(TAG))
        case AllOf(parts):
            for part in parts:
                yield from _phrases(part)
        case Named(part) | Except(part, _):
            yield from _phrases(part)


def _any_of(phrases: Sequence[Phrase], sign: str = "") -> str:
    return "(" + " | ".join(_phrase(phrase, sign) for phrase in phrases) + ")"


def _phrase(phrase: Phrase, sign: str) -> str:
    words = (_quoted(word, sign) for word in phrase.words)
    return "(" + " <-> ".join(words) + ":*" * phrase.unfinished + ")"


def _grams(piece: str) -> str:
    return "(" + " & ".join(_quoted(piece[i : i + 3]) for i in range(len(piece) - 2)) + ")"


def _query(said: str) -> ColumnElement[str]:
    return cast(literal(said), TSQUERY)
