"""How what people type is looked for.

Hits are found and counted at tens of millions a second and ranked at one, and a common beginning has them by ten
thousands. So an answer comes in parts, each counted, and only those ranked that the page is cut from: first where all
words stand in title and artist, then where they stand anywhere, then what may have been meant. Of a large part only
the beginning is ranked; row ids are in the order of the titles' lengths, so that this has the nearest titles.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, case, literal_column, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.tracks.folding import corrections, swapped, words
from api_queue.tracks.full_text import counts, hits, numbers, on_offer, within
from api_queue.tracks.models import Found, Search, TagFilter, Track
from api_queue.tracks.tables import decode, tracks, vocabulary
from api_queue.tracks.tables import words as index

#: bm25 of a hit in title, artist, album, anything else, tags.
_RANK: Final[ColumnElement[float]] = literal_column("bm25(track_words, 10, 8, 3, 1, 0)")
_RANK_IN_TITLE: Final[ColumnElement[float]] = literal_column("bm25(track_words, 10, 0, 0, 0, 0)")
#: How many hits of a part are ranked.
_RANKED: Final = 1_000
#: With fewer hits than this, a single word is taken to be misspelt as well; several words only without any.
_FEW: Final = 5
_WORDS_MAX: Final = 8
_WORD_MAX: Final = 40
#: So few letters that two of them, swapped, leave no three in a row as they were.
_SHORT: Final = 5
#: How many words that share letters with a misspelt one are compared with it, and how many of them are asked for.
_CANDIDATES: Final = 60
_MEANT_MAX: Final = 8
#: How many words of a question may be misspelt though they are words.
_DOUBTED: Final = 2


class _Part(NamedTuple):
    """Row ids, best first, and how many there are."""

    hits: Select[int]
    total: int


async def find(connection: AsyncConnection, search: Search) -> Found:
    if not search.q.strip():
        return await _listed(connection, search)
    typed = [part for chunk in search.q.split() if (part := [w[:_WORD_MAX] for w in words(chunk)])][:_WORDS_MAX]
    parts = await _parts(connection, typed, search.tag_filter) if typed else []
    return Found(sum(part.total for part in parts), await _page(connection, parts, search))


async def _listed(connection: AsyncConnection, search: Search) -> Found:
    [total] = await counts(connection, within("", search.tag_filter))
    page = select(tracks.c.record).where(*on_offer(search.tag_filter)).order_by(tracks.c.sort_key)
    records = await connection.scalars(page.limit(search.limit).offset(search.offset))
    return Found(total, [decode(record) for record in records])


async def _parts(connection: AsyncConnection, typed: list[list[str]], tag_filter: TagFilter) -> list[_Part]:
    question = " AND ".join(_as_typed(typed))
    named = f"{{title artist}} : ({question})"
    found, there = await counts(connection, within(question, tag_filter), within(named, tag_filter))
    parts = [
        *await _ranked(connection, typed, within(named, tag_filter), there),
        *await _ranked(connection, typed, within(f"({question}) NOT ({named})", tag_filter), found - there),
    ]
    if _is_plenty(found, typed) or _is_plenty(
        (await counts(connection, question))[0], typed
    ):  # not on offer, but right
        return parts
    return [*parts, *await _misspelt(connection, typed, tag_filter)]


def _is_plenty(found: int, typed: list[list[str]]) -> bool:
    return found >= _FEW or (found > 0 and len(typed) > 1)


def _as_typed(typed: list[list[str]]) -> list[str]:
    return [*map(_finished, typed[:-1]), _unfinished(typed[-1])]


async def _misspelt(connection: AsyncConnection, typed: list[list[str]], tag_filter: TagFilter) -> list[_Part]:
    """All words that are nowhere are corrected, then some others, the rarest first, until something is found."""
    as_typed = _as_typed(typed)
    found = await counts(connection, *as_typed)
    rarest_first = sorted(range(len(typed)), key=lambda at: found[at])
    nowhere = found.count(0)
    meant = list(map(_unfinished, typed))
    for corrected, at in enumerate(rarest_first[: max(nowhere, _DOUBTED)], 1):
        meant[at] = await _meant(connection, typed[at])
        if corrected >= nowhere:
            question = within(f"({' AND '.join(meant)}) NOT ({' AND '.join(as_typed)})", tag_filter)
            [total] = await counts(connection, question)
            if total:
                return await _ranked(connection, typed, question, total)
    return []


async def _ranked(connection: AsyncConnection, typed: list[list[str]], question: str, total: int) -> list[_Part]:
    ids, rank = hits(question), _rank(typed)
    if total <= _RANKED:
        return [_Part(ids.order_by(rank, index.c.rowid), total)]
    last = (await connection.scalars(ids.order_by(index.c.rowid).offset(_RANKED - 1).limit(1))).one()
    return [
        _Part(ids.where(index.c.rowid <= last).order_by(rank, index.c.rowid), _RANKED),
        _Part(ids.where(index.c.rowid > last).order_by(index.c.rowid), total - _RANKED),
    ]


def _rank(typed: list[list[str]]) -> ColumnElement[float]:
    """The smaller the better. A title with just as many words as were typed may be the one that is meant."""
    as_long = index.c.rowid.between(*numbers(sum(map(len, typed))))
    return case((as_long, _RANK + _RANK_IN_TITLE), else_=_RANK)


async def _page(connection: AsyncConnection, parts: Sequence[_Part], search: Search) -> list[Track]:
    ids: list[int] = []
    skipped = search.offset
    for part in parts:
        if skipped < part.total and (room := search.limit - len(ids)):
            ids += await connection.scalars(part.hits.limit(room).offset(skipped))
        skipped = max(0, skipped - part.total)
    wanted = select(tracks.c.number, tracks.c.record).where(tracks.c.number.in_(ids))
    records = dict((await connection.execute(wanted)).all())
    return [decode(records[number]) for number in ids]


def _finished(part: list[str]) -> str:
    """`"ac dc" OR acdc`. FTS5 weighs each phrase by all of its rows: the fewer there are, the faster."""
    phrases = dict.fromkeys([" ".join(part), "".join(part)])
    return "(" + " OR ".join(f'"{phrase}"' for phrase in phrases) + ")"


def _unfinished(part: list[str]) -> str:
    """Also as the beginning of a word; a whole one counts twice."""
    beginnings = dict.fromkeys([f'"{" ".join(part)}" *', f'"{"".join(part)}" *'])
    return "(" + " OR ".join([_finished(part), *beginnings]) + ")"


async def _meant(connection: AsyncConnection, part: list[str]) -> str:
    near = [f'"{word}"' for word in await _near(connection, "".join(part))]
    return "(" + " OR ".join([_unfinished(part), *near]) + ")"


async def _near(connection: AsyncConnection, word: str) -> list[str]:
    if len(word) < 3:
        return []
    padded = f" {word} "
    pieces = [padded[i : i + 3] for i in range(len(padded) - 2)]
    grams = " OR ".join(f'"{piece}"' for piece in [*pieces, *(swapped(word) if len(word) <= _SHORT else [])])
    candidates = (
        select(vocabulary.c.term)
        .where(literal_column("track_vocabulary").match(grams))
        .order_by(vocabulary.c.rank)
        .limit(_CANDIDATES)
    )
    return corrections(word, [term.strip() for term in await connection.scalars(candidates)])[:_MEANT_MAX]
