"""The library's full text in SQLite's FTS5: what is put into the index, and what can be asked of it.

Tags are words of the same index, so that a filter is part of the question: to look them up for each hit took longer
than all the rest.
"""

from collections.abc import Collection, Sequence
from hashlib import blake2b
from typing import Final

from sqlalchemy import ColumnElement, Select, delete, func, insert, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.drivers.sql import insert_rows
from api_queue.tracks.folding import joined_words, words
from api_queue.tracks.models import EVERYTHING, TagFilter, Track, facts_of
from api_queue.tracks.tables import terms, tracks, vocabulary
from api_queue.tracks.tables import words as index

#: Begins each tag, which nobody can type, and alone stands with every track.
_TAG: Final = "\ue000"
#: An International Standard Recording Code, folded: each track has its own, and none is a word.
_ISRC: Final = "[a-z][a-z]???[0-9][0-9][0-9][0-9][0-9][0-9][0-9]"
#: Numbers of tracks whose titles have equally many words; the longest share one range. All fit into 31 bits.
_RANGE: Final = 1 << 25
_LONGEST: Final = 63


def numbers(title_words: int) -> tuple[int, int]:
    """First and last row id of tracks whose titles have so many words."""
    first = min(title_words, _LONGEST) * _RANGE
    return first, first + _RANGE - 1


async def put(connection: AsyncConnection, found: Sequence[tuple[int, Track]]) -> None:
    """Tracks whose numbers are not in it."""
    await insert_rows(connection, insert(index), [_row(number, track) for number, track in found])


async def drop(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    if numbers:
        await connection.execute(delete(index).where(index.c.rowid.in_(numbers)))


def _row(number: int, track: Track) -> tuple[object, ...]:
    """As `index` has its columns."""
    values = [tag.partition(":")[2] or tag for tag in track.tags]
    joined = [word for part in (track.title, *track.artists, track.album) for word in joined_words(part)]
    tags = (_TAG, *map(_tag, facts_of(track).tags))
    other = (_text(track.isrc, *values), *joined)
    return number, _text(track.title), _text(*track.artists), _text(track.album), " ".join(other), " ".join(tags)


def _text(*parts: str) -> str:
    return " ".join(words(" ".join(parts)))


def _tag(folded: str) -> str:
    """As one word, whatever is in it."""
    return _TAG + blake2b(folded.encode(errors="surrogatepass"), digest_size=8).hexdigest()


async def learn_words(connection: AsyncConnection) -> None:
    """Words stand between spaces, so that their first and last letters count in a comparison of three."""
    no_words = terms.c.term.bool_op("GLOB")(_ISRC) | terms.c.term.bool_op("GLOB")(f"{_TAG}*")
    known = select(" " + terms.c.term + " ").where(func.length(terms.c.term) >= 3, ~no_words)
    await connection.execute(delete(vocabulary))
    await connection.execute(insert(vocabulary).from_select(["term"], known))


# -- what can be asked -----------------------------------------------------------------------------------------


def hits(question: str) -> Select[int]:
    """Their row ids; `question` is in the language of FTS5."""
    return select(index.c.rowid).where(literal_column("track_words").match(question))


async def counts(connection: AsyncConnection, *questions: str) -> Sequence[int]:
    """How many hits each has, in one statement."""
    counted = (select(func.count()).select_from(hits(question).subquery()) for question in questions)
    return (await connection.execute(select(*(count.scalar_subquery() for count in counted)))).one()


def within(question: str, tag_filter: TagFilter) -> str:
    """What is on offer of `question`; of everything, without one."""
    asked = [f"({question})"] if question else []
    wanted = " AND ".join([*asked, *map(_any_of, tag_filter.wanted)]) or f'"{_TAG}"'
    return f"({wanted}) NOT {_any_of(tag_filter.unwanted)}" if tag_filter.unwanted else wanted


def _any_of(tags: Collection[str]) -> str:
    return "(" + " OR ".join(f'"{_tag(tag)}"' for tag in sorted(tags)) + ")"


def on_offer(tag_filter: TagFilter) -> list[ColumnElement[bool]]:
    """`models.offered`, in SQL. `+ 0` lets SQLite walk the tracks in the order that is asked for, and stop when a page
    is full; else it would look up and sort all that are on offer.
    """
    if tag_filter == EVERYTHING:
        return []
    return [(tracks.c.number + 0).in_(hits(within("", tag_filter)))]
