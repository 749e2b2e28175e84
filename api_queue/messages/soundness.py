"""Whether the keys of a queue of messages agree, read at one instant: the facts say what has to stand beside. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

#: A part of the queue (`lua/parts.lua`) and what Redis has there; pairs one after the other.
Keys = Mapping[str, Sequence[str]]
_FACTS: Final = re.compile(r"(\d+)\|(\d+)\|(\d+)\|([^|]*)\|.*", re.DOTALL)


class _Facts(NamedTuple):
    place: str
    received: str
    visible_at_ms: str
    receipt: str

    @property
    def set(self) -> tuple[str, float]:
        """Where the message stands, and at what."""
        if self.visible_at_ms != "0":
            return "flight", float(self.visible_at_ms)
        return "fresh" if self.received == "0" else "again", float(self.place)


def faults(keys: Keys) -> Iterator[str]:
    """Sentences; none where all agree."""
    bodies, facts = _pairs(keys, "bodies"), {each: _read(text) for each, text in _pairs(keys, "facts").items()}
    known = {each: read for each, read in facts.items() if read is not None and each in bodies}
    if len(known) != len(facts) or len(known) != len(bodies):
        yield "Messages lack their body or their facts."
    for name in ("fresh", "again", "flight"):
        wanted = {each: read.set[1] for each, read in known.items() if read.set[0] == name}
        if {each: float(score) for each, score in _pairs(keys, name).items()} != wanted:
            yield f"Those that are {_WORDS[name]} are not in their order."
    if _pairs(keys, "receipts") != {read.receipt: each for each, read in known.items() if read.receipt}:
        yield "The receipts are not those of the messages."
    meta = _pairs(keys, "meta")
    if int(meta.get("size_bytes", 0)) != sum(len(bodies[each].encode()) for each in known):
        yield "The bytes that are counted are not those of the messages."
    if int(meta.get("places", 0)) < max((int(read.place) for read in known.values()), default=0):
        yield "The next place is before the last message."


_WORDS: Final = {"fresh": "new", "again": "to be received again", "flight": "hidden"}


def _read(text: str) -> _Facts | None:
    match = _FACTS.fullmatch(text)
    return _Facts(*match.groups()) if match else None


def _pairs(keys: Keys, part: str) -> dict[str, str]:
    flat = keys.get(part, ())
    return dict(zip(flat[::2], flat[1::2], strict=True))
