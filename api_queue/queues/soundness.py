"""Whether all keys of a queue say the same, read at one instant: the list says what has to stand beside it. Pure."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from api_queue.formats.performers import singers
from api_queue.queues.arrangement import Arrangement
from api_queue.queues.deeds import Part
from api_queue.queues.models import Item
from api_queue.queues.scripts import fixed
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.types import ItemId

#: A part of the queue and what Redis has there: pairs of hashes and sorted sets one after the other.
Keys = Mapping[str, Sequence[str]]
#: What is JSON in `meta`, and what it has to be.
RECORDS: Final[Mapping[str, type[Struct]]] = {"settings": QueueSettings, "session": Session}
_NUMBERS: Final = (
    "rev",
    "head",
    "waiting_ms",
    "fixed",
    "settings_rev",
    "session_rev",
    "created_at_ms",
    "changed_at_ms",
)


class Fault(Struct, frozen=True):
    code: str
    sentence: str


class Sound(Struct, frozen=True, kw_only=True):
    """The queue as its lines say it has to be. `unreadable`: lines that are no items, or stand there twice."""

    over: Sequence[Item]
    waiting: Sequence[Item]
    scores: Mapping[ItemId, float]
    unreadable: Sequence[str]

    @property
    def ids(self) -> set[ItemId]:
        return {item.id for item in (*self.over, *self.waiting)}


def sound(keys: Keys, order: str) -> Sound:
    """What stands in the index alone and waits is put at the end. `order` is that of the queue's settings."""
    listed, unreadable = _items(keys.get("items", ()))
    there = {item.id for item in listed}
    indexed, others = _items(_pairs(keys, "index").values())
    lost = [item for item in indexed if item.id not in there]
    waiting = [item for item in (*listed, *lost) if item.status == "queued"]
    return Sound(
        over=[item for item in listed if item.status != "queued"],
        waiting=waiting,
        scores={} if order == "fifo" else _scores(waiting, _floats(keys, "order")),
        unreadable=[*unreadable, *others, *(item.as_line() for item in lost if item.status != "queued")],
    )


def _items(lines: Iterable[str]) -> tuple[list[Item], list[str]]:
    items: dict[ItemId, Item] = {}
    unreadable = []
    for line in lines:
        try:
            item = Item.from_line(line)
        except (ValueError, IndexError):
            unreadable.append(line)
            continue
        if item.id in items:
            unreadable.append(line)
        items.setdefault(item.id, item)
    return list(items.values()), unreadable


def _scores(waiting: Sequence[Item], known: Mapping[str, float]) -> dict[ItemId, float]:
    """The list stays as it is: whoever has none, or one too low for the place, has that of the one before."""
    scores: dict[ItemId, float] = {}
    last = min(known.values(), default=0.0)
    for item in waiting:
        last = scores[item.id] = max(last, known.get(item.id, last))
    return scores


# -- what is wrong ---------------------------------------------------------------------------------------------


def faults(keys: Keys, right: Sound) -> Iterator[Fault]:
    """None: all agree."""
    meta = _pairs(keys, "meta")
    yield from _of_list(keys, right)
    for field, number in _numbers(right).items():
        if meta.get(field) != str(number):
            yield Fault("queue_sums", f"{field} is {meta.get(field, 'missing')}, and the list says {number}")
    yield from _of_what_waits(keys, right)
    if _strays(keys, right):
        yield Fault("queue_strays", "variants or moves are kept of items that are not there")
    yield from _of_session(meta, right)
    yield from _of_events(keys, meta)


def _of_list(keys: Keys, right: Sound) -> Iterator[Fault]:
    lines = {item.id: item.as_line() for item in (*right.over, *right.waiting)}
    if right.unreadable:
        yield Fault("queue_lines", f"{_many(len(right.unreadable), 'line')} of it cannot be read or stand there twice")
    if list(keys.get("items", ())) != list(lines.values()):
        yield Fault("queue_list", "the list is not what was played and then what waits, or misses an item of the index")
    if _pairs(keys, "index") != lines:
        yield Fault("queue_index", "the index is not that of the list")


def _of_what_waits(keys: Keys, right: Sound) -> Iterator[Fault]:
    if _pairs(keys, "counts") != {field: str(count) for field, count in _counts(right.waiting).items()}:
        yield Fault("queue_counts", "what is counted of guests, tracks and singers is not what waits")
    if set(_pairs(keys, "whose")) != {f"{payer}\n{item.id}" for item in right.waiting for payer in _payers(item)}:
        yield Fault("queue_whose", "what is listed of guests and singers is not what waits")
    if _floats(keys, "order") != right.scores or _bands(keys) != _sums(right):
        yield Fault("queue_order", "the rounds or weights are not those of what waits")


def _of_session(meta: Mapping[str, str], right: Sound) -> Iterator[Fault]:
    try:
        current = msgspec.json.decode(meta["session"], type=Session).item_id
    except (KeyError, msgspec.DecodeError):
        return  # a fault of the record
    if current and not any(item.id == current and item.status == "playing" for item in right.over):
        yield Fault("queue_session", "the session plays an item that the list does not have as playing")


def _of_events(keys: Keys, meta: Mapping[str, str]) -> Iterator[Fault]:
    told = last_rev(keys)
    if str(told) != meta.get("rev"):
        yield Fault("queue_events", f"its revision is {meta.get('rev')}, and that of its last event {told}")


def bad_records(keys: Keys) -> dict[str, str]:
    """Fields of `meta` that cannot be read, and what is in them."""
    meta = _pairs(keys, "meta")
    bad = {field: meta.get(field, "") for field in _NUMBERS if not meta.get(field, "").lstrip("-").isdecimal()}
    for field, kind in RECORDS.items():
        try:
            msgspec.json.decode(meta.get(field, ""), type=kind)
        except msgspec.DecodeError:
            bad[field] = meta.get(field, "")
    return bad


def last_rev(keys: Keys) -> int:
    """Of its newest event; 0 without any."""
    flat, at, rev = keys.get("events", ()), 0, 0
    while at < len(flat):
        parts = flat[at + 2 : at + 2 + int(flat[at + 1])]
        rev = int(dict(zip(parts[::2], parts[1::2], strict=True)).get("rev", 0))
        at += 2 + len(parts)
    return rev


# -- how it is mended ------------------------------------------------------------------------------------------


def mending(keys: Keys, right: Sound, rev: int) -> Arrangement:
    """The whole list, written anew. The empty `moves` has an event told in any case, so that its revision is right."""
    listed, _ = _items(keys.get("items", ()))
    strays: dict[Part, dict[str, str]] = {"moves": {}, "variants": {}}
    for part, item_id in _strays(keys, right):
        strays[part][item_id] = ""
    after = [*right.over, *right.waiting]
    return Arrangement(
        rev=rev,
        keep=0,
        before=listed,
        after=after,
        past=len(right.over),
        scores=right.scores,
        fields=strays,
    )


def _strays(keys: Keys, right: Sound) -> list[tuple[Part, str]]:
    known = right.ids | _pairs(keys, "lobby").keys()
    parts: tuple[Part, Part] = ("moves", "variants")
    return [(part, item_id) for part in parts for item_id in _pairs(keys, part) if item_id not in known]


# -- what follows from the list --------------------------------------------------------------------------------


def _numbers(right: Sound) -> dict[str, int]:
    return {
        "head": len(right.over),
        "waiting_ms": sum(item.track_duration_ms for item in right.waiting),
        "fixed": sum(map(fixed, right.waiting)),
    }


def _counts(waiting: Sequence[Item]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for item in waiting:
        counts[f"m:{item.session_owner}"] += item.track_duration_ms
        counts.update([f"t:{item.track_id}", *_payers(item)])
    return {field: count for field, count in counts.items() if count}


def _payers(item: Item) -> list[str]:
    return [f"o:{item.session_owner}", *(f"p:{name}" for name in singers(item.performer_name))]


def _sums(right: Sound) -> dict[float, int]:
    """Milliseconds by round or weight."""
    sums: Counter[float] = Counter()
    for item in right.waiting if right.scores else ():
        sums[right.scores[item.id]] += item.track_duration_ms
    return {score: ms for score, ms in sums.items() if ms}


def _bands(keys: Keys) -> dict[float, int]:
    return {float(score): int(ms) for score, ms in _pairs(keys, "bands").items()}


def _floats(keys: Keys, part: str) -> dict[str, float]:
    return {member: float(score) for member, score in _pairs(keys, part).items()}


def _pairs(keys: Keys, part: str) -> dict[str, str]:
    flat = keys.get(part, ())
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
