"""What can be asked of the library's full text, whoever looks it up: `fts5.py` and `tsvector.py` say it in their words.

Tags are words of the same index, so that a filter is part of the question: to look them up for each hit took longer
than all the rest.
"""

from collections.abc import Collection
from hashlib import blake2b
from typing import Final, NamedTuple

from api_queue.tracks.models import TagFilter

#: Begins each tag, which nobody can type, and alone stands with every track.
TAG: Final = "\ue000"


class Phrase(NamedTuple):
    """These words, one after another, in one place; of the last one perhaps only the beginning was typed."""

    words: tuple[str, ...]
    unfinished: bool = False


class AnyOf(NamedTuple):
    phrases: tuple[Phrase, ...]


class AllOf(NamedTuple):
    parts: tuple["Question", ...]


class Named(NamedTuple):
    """In title and artist."""

    part: "Question"


class Except(NamedTuple):
    wanted: "Question"
    unwanted: "Question"


Question = AnyOf | AllOf | Named | Except


def within(question: Question | None, tag_filter: TagFilter) -> Question:
    """What is on offer of `question`; of everything, without one."""
    asked = () if question is None else (question,)
    wanted = AllOf((*asked, *map(_any_of, tag_filter.wanted))) if asked or tag_filter.wanted else _words(TAG)
    return Except(wanted, _any_of(tag_filter.unwanted)) if tag_filter.unwanted else wanted


def _any_of(tags: Collection[str]) -> AnyOf:
    return _words(*map(tag_word, sorted(tags)))


def _words(*each: str) -> AnyOf:
    return AnyOf(tuple(Phrase((word,)) for word in each))


def tag_word(folded: str) -> str:
    """As one word, whatever is in it."""
    return TAG + blake2b(folded.encode(errors="surrogatepass"), digest_size=8).hexdigest()
