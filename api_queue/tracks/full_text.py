"""Full text over the library, by SQLite's FTS5: the index, and how a question is put to it."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import ColumnElement, Select, case, delete, func, insert, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from api_queue.tracks.folding import corrections, joined_words, swapped, words
from api_queue.tracks.models import Found, Search, TagFilter, Track
from api_queue.tracks.tables import decode, tags, terms, tracks, vocabulary
from api_queue.tracks.tables import words as index

#: bm25 of a hit in title, artist, album, anything else.
_RANK: Final[ColumnElement[float]] = literal_column("bm25(track_words, 10, 8, 3, 1)")
_MATCH: Final = text("track_words MATCH :question")
#: With fewer hits than this, a single word is taken to be misspelt as well; several words only without any.
_FEW: Final = 5
_WORDS_MAX: Final = 8
_WORD_MAX: Final = 40
#: How many words that share letters with a misspelt one are compared with it.
_CANDIDATES: Final = 60


# -- the index -------------------------------------------------------------------------------------------------


async def put(connection: AsyncConnection, found: Sequence[tuple[int, Track]]) -> None:
    await drop(connection, [number for number, _ in found])
    if found:
        await connection.execute(insert(index), [_row(number, track) for number, track in found])


async def drop(connection: AsyncConnection, numbers: Sequence[int]) -> None:
    await connection.execute(delete(index).where(index.c.rowid.in_(numbers)))


def _row(number: int, track: Track) -> dict[str, object]:
    values = [tag.partition(":")[2] or tag for tag in track.tags]
    joined = [word for part in (track.title, *track.artists, track.album) for word in joined_words(part)]
    return {
        "rowid": number,
        "title": _text(track.title),
        "artist": _text(*track.artists),
        "album": _text(track.album),
        "other": " ".join([_text(track.isrc, *values), *joined]),
    }


def _text(*parts: str) -> str:
    return " ".join(words(" ".join(parts)))


async def learn_words(connection: AsyncConnection) -> None:
    """Words stand between spaces, so that their first and last letters count in a comparison of three."""
    known = select(" " + terms.c.term + " ").where(func.length(terms.c.term) >= 3)
    await connection.execute(delete(vocabulary))
    await connection.execute(insert(vocabulary).from_select(["term"], known))


# -- the question ----------------------------------------------------------------------------------------------


async def find(connection: AsyncConnection, search: Search) -> Found:
    offer = on_offer(search.tag_filter)
    if not search.q.strip():
        return await _page(connection, select(tracks.c.record).where(*offer).order_by(tracks.c.sort_key), search)
    typed = [part for chunk in search.q.split() if (part := [w[:_WORD_MAX] for w in words(chunk)])][:_WORDS_MAX]
    if not typed:
        return Found(0, ())
    exact = _hits(offer, " AND ".join([*map(_finished, typed[:-1]), _unfinished(typed[-1])]))
    first = (await connection.scalars(exact.with_only_columns(tracks.c.number).limit(_FEW))).all()
    if len(first) == _FEW or (first and len(typed) > 1):
        return await _page(connection, exact.order_by(_RANK, tracks.c.sort_key), search)
    loose = _hits(offer, " AND ".join([await _meant(connection, part) for part in typed]))
    as_typed_first = case((tracks.c.number.in_(first), 0), else_=1)
    return await _page(connection, loose.order_by(as_typed_first, _RANK, tracks.c.sort_key), search)


def on_offer(tag_filter: TagFilter) -> list[ColumnElement[bool]]:
    """`models.offered`, in SQL."""
    wanted = [_has(group) for group in tag_filter.wanted]
    return [*wanted, ~_has(tag_filter.unwanted)] if tag_filter.unwanted else wanted


def _has(group: frozenset[str]) -> ColumnElement[bool]:
    return select(1).where(tags.c.number == tracks.c.number, tags.c.tag.in_(sorted(group))).exists()


def _hits(offer: list[ColumnElement[bool]], question: str) -> Select[bytes]:
    joined = index.join(tracks, tracks.c.number == index.c.rowid)
    return select(tracks.c.record).select_from(joined).where(_MATCH.bindparams(question=question), *offer)


async def _page(connection: AsyncConnection, hits: Select[bytes], search: Search) -> Found:
    counted = hits.with_only_columns(func.count(tracks.c.number)).order_by(None)
    total = (await connection.scalars(counted)).one()
    page = await connection.execute(hits.limit(search.limit).offset(search.offset))
    return Found(total, [decode(record) for (record,) in page])


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
    grams = " OR ".join(f'"{piece}"' for piece in [*pieces, *swapped(word)])
    candidates = (
        select(vocabulary.c.term)
        .where(text("track_vocabulary MATCH :grams").bindparams(grams=grams))
        .order_by(vocabulary.c.rank)
        .limit(_CANDIDATES)
    )
    return corrections(word, [term.strip() for term in await connection.scalars(candidates)])
