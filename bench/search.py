"""Figure 5: how long a question to a library of 100,000 tracks takes, one at a time, from the verb to its records.

The tracks are made up (`bench/made_up_library.py`). Words, names and titles that are asked for are those of a track
drawn from them; an answer is the first 50 hits and how many there are.
"""

import asyncio
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Final

from api_queue.drivers.sql import connect, url_of
from api_queue.migrations import upgrade
from api_queue.tracks.folding import fold
from api_queue.tracks.models import EVERYTHING, Reading, Search, TagFilter, Track
from api_queue.tracks.store import SqlStore
from bench.made_up_library import COMMON, made_up_library
from bench.measure import Row

TRACKS: Final = 100_000
QUESTIONS: Final = 200
BATCH: Final = 500
OFFER: Final = TagFilter.of(["genre:rock", "genre:pop"], hidden_tags=["hidden"])


class Questions:
    """Of each kind, one drawn after another."""

    def __init__(self, tracks: Sequence[Track]) -> None:
        self._tracks = tracks
        self._chance = random.Random(2)

    def kinds(self) -> Iterator[tuple[str, Callable[[], str], TagFilter]]:
        yield "no words", str, EVERYTHING
        yield "no words, by tags", str, OFFER
        for length, name in enumerate(("one letter", "two letters", "three letters", "four letters"), 1):
            yield name, partial(self._beginning, length), EVERYTHING
        yield "two letters, by tags", partial(self._beginning, 2), OFFER
        yield "one of the commonest words", lambda: self._chance.choice(COMMON.split()), EVERYTHING
        yield "one word", self._word, EVERYTHING
        yield "one word, by tags", self._word, OFFER
        yield "artist and title", self._both, EVERYTHING
        yield "artist and title, by tags", self._both, OFFER
        yield "one word, misspelt", lambda: self._misspelt(self._beginning(5, 40)), EVERYTHING
        yield "artist and title, misspelt", lambda: self._misspelt(self._both()), EVERYTHING
        yield "accents left out", lambda: fold(self._both("fr")), EVERYTHING
        yield "Japanese, from the middle of a title", lambda: self._track("ja").title[1:4], EVERYTHING
        yield "Cyrillic", partial(self._both, "ru"), EVERYTHING
        yield "Arabic", partial(self._both, "ar"), EVERYTHING
        yield "words that do not go together", lambda: f"{self._both()} {self._both()}", EVERYTHING
        yield "nothing like it", lambda: "".join(self._chance.choices("qxzjw", k=8)), EVERYTHING

    def _track(self, language: str) -> Track:
        while f"lang:{language}" not in (track := self._chance.choice(self._tracks)).tags:
            pass
        return track

    def _both(self, language: str = "en") -> str:
        track = self._track(language)
        return f"{track.artist} {track.title}"

    def _word(self) -> str:
        return self._chance.choice(self._track("en").title.split())

    def _beginning(self, least: int, most: int = 0) -> str:
        while len(word := self._word()) < least:
            pass
        return word[: most or least]

    def _misspelt(self, text: str) -> str:
        """Two letters change places."""
        at = self._chance.randrange(len(text) - 1)
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def run() -> list[Row]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        url = url_of("", Path(folder))
        upgrade(url)
        return asyncio.run(measure(url, made_up_library(TRACKS)))


async def measure(url: str, tracks: Sequence[Track]) -> list[Row]:
    engine = connect(url)
    store = SqlStore(engine)
    try:
        await _fill(store, tracks)
        return [await _row(store, *kind) for kind in Questions(tracks).kinds()]
    finally:
        await engine.dispose()


async def _fill(store: SqlStore, tracks: Sequence[Track]) -> None:
    for start in range(0, len(tracks), BATCH):
        batch = tracks[start : start + BATCH]
        await store.write([Reading(path=f"/{t.track_id}", size=1, mtime_ns=1, track=t) for t in batch])
    await store.learn_words()


async def _row(store: SqlStore, what: str, draw: Callable[[], str], tag_filter: TagFilter) -> Row:
    times_ms: list[float] = []
    cpu_ms: list[float] = []
    totals: list[int] = []
    for _ in range(QUESTIONS):
        question = Search(draw(), tag_filter)
        began_s, cpu_began_s = time.perf_counter(), time.process_time()
        found = await store.search(question)
        times_ms.append((time.perf_counter() - began_s) * 1000)
        cpu_ms.append((time.process_time() - cpu_began_s) * 1000)
        totals.append(found.total)
    p50, p95 = quantiles(times_ms, n=20)[9::9]
    return {
        "question": what,
        "hits": round(median(totals)),
        "p50_ms": round(p50, 1),
        "p95_ms": round(p95, 1),
        "p95_cpu_ms": round(quantiles(cpu_ms, n=20)[18], 1),
    }
