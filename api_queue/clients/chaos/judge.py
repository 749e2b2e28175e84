"""What was asked for and told against what is: pure. Each finding is a sentence."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from api_queue.clients.chaos.replica import Replica
from api_queue.clients.chaos.screens import Told
from api_queue.clients.chaos.wishes import Wish, Wishes, tag_of
from api_queue.types import ItemId

#: Of the clock, or worked out anew by whoever asks.
_OF_NOW: Final = frozenset({"position", "timestamp_expected"})
#: After the current item, as `docs/events.md` says.
_MOST_RETAINED: Final = 500
_SESSION_OF_NOW: Final = frozenset({"position_ms", "position_at_ms", "updated_at", "revision", "rev", "ts", "type"})


@dataclass(frozen=True, slots=True)
class Now:
    """The queue at the end, as GET shows it: `over` is its history."""

    rev: int
    items: Sequence[dict[str, Any]]
    over: Sequence[dict[str, Any]]
    settings: Mapping[str, Any]
    session: Mapping[str, Any]

    @property
    def every(self) -> dict[ItemId, dict[str, Any]]:
        return {item["id"]: item for item in (*self.over, *self.items)}


#: There is no such queue any more.
GONE: Final = Now(0, (), (), {}, {})


# -- what was answered -----------------------------------------------------------------------------------------


def lost(wishes: Wishes, now: Now) -> Iterator[str]:
    every, title = now.every, now.settings.get("title")
    ids = {tag_of(item["performer_name"]): item_id for item_id, item in every.items()}
    for song in wishes.songs:
        item_id = song.item_id or ids.get(song.tag)
        yield from _lost(song, every.get(item_id) if item_id else None)
    if title not in {wishes.title, *wishes.perhaps}:
        yield f"the title is {title!r}, and was set to {wishes.title!r}"


def _lost(song: Wish, item: Mapping[str, Any] | None) -> Iterator[str]:
    if item is None and not song.may_be_gone:
        yield f"{song.tag} was added, and is gone"
    elif item is not None and not song.may_be_there:
        yield f"{song.tag} was taken back, and is there"
    elif item is not None and item["performer_name"] not in song.names:
        yield f"{song.tag} is called {item['performer_name']!r}, and may be {sorted(song.names)}"


def lost_moves(wishes: Wishes, told: Sequence[Told]) -> Iterator[str]:
    """Of a screen that was told of everything."""
    seen = Counter(item_id for each in told for item_id in each.moved)
    for item_id, times in wishes.moved.items():
        if seen[item_id] < times:
            yield f"item {item_id} was moved {times} times, and {seen[item_id]} of them were told"


def doubled(now: Now) -> Iterator[str]:
    yield from _several("the list has {} items with the id {}", (item["id"] for item in now.items))
    yield from _several("there are {} items of {}", (tag_of(i["performer_name"]) for i in now.every.values()))


def _several(sentence: str, values: Iterable[str]) -> Iterator[str]:
    return (sentence.format(count, value) for value, count in Counter(values).items() if count > 1)


# -- what was told ---------------------------------------------------------------------------------------------


def gaps(told: Sequence[Told]) -> Iterator[str]:
    """Revisions that a screen was not told of, or not in their order. A reset, and its snapshot, begin anew."""
    rev: int | None = None
    position = (0, 0)
    may_begin = True
    for name, its_rev, event_id, _ in told:
        if name == "timeline_beacon":
            continue
        if name == "snapshot" and not may_begin:
            yield f"a snapshot at revision {its_rev} without a reset"
        elif name not in {"snapshot", "reset"}:
            if rev is None or its_rev not in {rev, rev + 1}:
                yield f"{name} of revision {its_rev} after {rev}"
            if _position(event_id) <= position:
                yield f"{name} {event_id} after {position[0]}-{position[1]}"
        elif rev is not None and its_rev < rev:
            yield f"{name} of revision {its_rev} after {rev}"
        may_begin = name == "reset"
        rev, position = its_rev, _position(event_id) if event_id else position


def _position(event_id: str) -> tuple[int, int]:
    ms, _, number = event_id.partition("-")
    return int(ms or 0), int(number or 0)


def late(revs: Sequence[int | None]) -> Iterator[str]:
    """Events on MQTT may come twice, and be lost with a broker; none comes for the first time after a newer one."""
    seen: set[int] = set()
    newest = 0
    for rev in revs:
        if rev is not None:
            if rev < newest and rev not in seen:
                yield f"MQTT had revision {rev} after {newest}"
            seen.add(rev)
            newest = max(newest, rev)


# -- what is shown ---------------------------------------------------------------------------------------------


def differences(replica: Replica, now: Now) -> Iterator[str]:
    """Of a screen's own copy."""
    if _shown(replica.items) != _shown(now.items):
        yield "the list"
    if replica.settings != now.settings:
        yield "the settings"
    if not _same_session(replica.session, now.session):
        yield "the session"


def retained_differences(retained: Mapping[str, Any], now: Now) -> Iterator[str]:
    items = retained["items"]
    come = [item for item in now.items if item["position"] is not None and item["position"] <= _MOST_RETAINED]
    if items["rev"] != now.rev or _shown(items["items"]) != _shown(come):
        yield "the list"
    if any(retained["settings"].get(key) != value for key, value in now.settings.items()):
        yield "the settings"
    if not _same_session(retained["session"], now.session):
        yield "the session"


def _shown(items: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{key: value for key, value in item.items() if key not in _OF_NOW} for item in items]


def _same_session(told: Mapping[str, Any], now: Mapping[str, Any]) -> bool:
    keys = told.keys() & now.keys() - _SESSION_OF_NOW
    return "play_state" in keys and all(told[key] == now[key] for key in keys)
