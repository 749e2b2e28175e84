"""How what people type is looked for.

Hits are found and counted at tens of millions a second and ranked at one, and a common beginning has them by ten
thousands. So an answer comes in parts, each counted, and only those ranked that the page is cut from: first where all
words stand in title and artist, then where they stand anywhere, then what may have been meant. Of a large part only
the beginning is ranked; numbers are in the order of the titles' lengths, so that this has the nearest titles.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Select, case, select
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.tracks.folding import corrections, swapped, words
from api_queue.tracks.full_text import counts, numbers
from api_queue.tracks.indexes import index_of, on_offer
from api_queue.tracks.models import Found, Search, TagFilter, Track
from api_queue.tracks.questions import AllOf, AnyOf, Except, Named, Phrase, Question, within
from api_queue.tracks.tables import decode, tracks

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
    """Numbers of tracks, best first, and how many there are."""

    hits: Select[int]
    total: int


async def find(connection: AsyncConnection, search: Search) -> Found:
    return await _Finder(connection, search.tag_filter).find(search)


class _Finder:
    def __init__(self, connection: AsyncConnection, tag_filter: TagFilter) -> None:
        self._connection = connection
        self._index = index_of(connection)
        self._tag_filter = tag_filter

    async def find(self, search: Search) -> Found:
        if not search.q.strip():
            return await self._listed(search)
        typed = [part for chunk in search.q.split() if (part := [w[:_WORD_MAX] for w in words(chunk)])][:_WORDS_MAX]
        parts = await self._parts(typed) if typed else []
        return Found(sum(part.total for part in parts), await self._page(parts, search))

    async def _listed(self, search: Search) -> Found:
        [total] = await self._counts(self._within(None))
        offered = select(tracks.c.record).where(*on_offer(self._index, self._tag_filter))
        page = offered.order_by(tracks.c.sort_key, tracks.c.number).limit(search.limit).offset(search.offset)
        return Found(total, [decode(record) for record in await self._connection.scalars(page)])

    async def _parts(self, typed: list[list[str]]) -> list[_Part]:
        question = AllOf(_as_typed(typed))
        named = Named(question)
        found, there = await self._counts(self._within(question), self._within(named))
        parts = [
            *await self._ranked(typed, self._within(named), there),
            *await self._ranked(typed, self._within(Except(question, named)), found - there),
        ]
        if _is_plenty(found, typed) or _is_plenty((await self._counts(question))[0], typed):  # not on offer, but right
            return parts
        return [*parts, *await self._misspelt(typed)]

    async def _misspelt(self, typed: list[list[str]]) -> list[_Part]:
        """All words that are nowhere are corrected, then some others, the rarest first, until something is found."""
        as_typed = _as_typed(typed)
        found = await self._counts(*as_typed)
        rarest_first = sorted(range(len(typed)), key=lambda at: found[at])
        nowhere = found.count(0)
        meant = list(map(_unfinished, typed))
        for corrected, at in enumerate(rarest_first[: max(nowhere, _DOUBTED)], 1):
            meant[at] = await self._meant(typed[at])
            if corrected >= nowhere:
                question = self._within(Except(AllOf(tuple(meant)), AllOf(as_typed)))
                [total] = await self._counts(question)
                if total:
                    return await self._ranked(typed, question, total)
        return []

    async def _ranked(self, typed: list[list[str]], question: Question, total: int) -> list[_Part]:
        ids, number, rank = self._index.hits(question), self._index.number, self._rank(typed, question)
        if total <= _RANKED:
            return [_Part(ids.order_by(rank, number), total)]
        last = (await self._connection.scalars(ids.order_by(number).offset(_RANKED - 1).limit(1))).one()
        return [
            _Part(ids.where(number <= last).order_by(rank, number), _RANKED),
            _Part(ids.where(number > last).order_by(number), total - _RANKED),
        ]

    def _rank(self, typed: list[list[str]], question: Question) -> ColumnElement[float]:
        """The smaller the better. A title with just as many words as were typed may be the one that is meant."""
        as_long = self._index.number.between(*numbers(sum(map(len, typed))))
        rank = self._index.rank(question)
        return case((as_long, rank + self._index.rank_in_title(question)), else_=rank)

    async def _page(self, parts: Sequence[_Part], search: Search) -> list[Track]:
        ids: list[int] = []
        skipped = search.offset
        for part in parts:
            if skipped < part.total and (room := search.limit - len(ids)):
                ids += await self._connection.scalars(part.hits.limit(room).offset(skipped))
            skipped = max(0, skipped - part.total)
        wanted = select(tracks.c.number, tracks.c.record).where(tracks.c.number.in_(ids))
        records = dict((await self._connection.execute(wanted)).all())
        return [decode(records[number]) for number in ids]

    async def _meant(self, part: list[str]) -> AnyOf:
        near = (Phrase((word,)) for word in await self._near("".join(part)))
        return AnyOf((*_unfinished(part).phrases, *near))

    async def _near(self, word: str) -> list[str]:
        if len(word) < 3:
            return []
        padded = f" {word} "
        pieces = [padded[i : i + 3] for i in range(len(padded) - 2)]
        asked = self._index.near([*pieces, *(swapped(word) if len(word) <= _SHORT else [])], _CANDIDATES)
        candidates = [term.strip() for term in await self._connection.scalars(asked)]
        return corrections(word, candidates)[:_MEANT_MAX]

    def _within(self, question: Question | None) -> Question:
        return within(question, self._tag_filter)

    async def _counts(self, *questions: Question) -> Sequence[int]:
        return await counts(self._connection, self._index, *questions)


def _is_plenty(found: int, typed: list[list[str]]) -> bool:
    return found >= _FEW or (found > 0 and len(typed) > 1)


def _as_typed(typed: list[list[str]]) -> tuple[AnyOf, ...]:
    return (*map(_finished, typed[:-1]), _unfinished(typed[-1]))


def _finished(part: list[str]) -> AnyOf:
    """`"ac dc" OR acdc`. FTS5 weighs each phrase by all of its rows: the fewer there are, the faster."""
    return AnyOf(tuple(dict.fromkeys([Phrase(tuple(part)), Phrase(("".join(part),))])))


def _unfinished(part: list[str]) -> AnyOf:
    """Also as the beginning of a word; a whole one counts twice."""
    finished = _finished(part).phrases
    return AnyOf((*finished, *(Phrase(phrase.words, unfinished=True) for phrase in finished)))
