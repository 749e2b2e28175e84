"""How a queue is after something was taken back, and what is said of it. Pure.

As if it had never been done: what happened since stays, and what somebody else has changed since is left as it is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise, takewhile
from math import inf
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from api_queue.errors import SettingsOvertaken
from api_queue.queues.arrangement import Arrangement
from api_queue.queues.deeds import Deed, Noted, Part, Texts, Verb
from api_queue.queues.models import Item, QueueView
from api_queue.queues.points import Purse
from api_queue.queues.settings import QueueSettings, SettingsChange
from api_queue.types import ItemId

#: In front of the first item, and behind the last.
_END: Final = ItemId("")
_NOW: Final[Mapping[Verb, str]] = {
    "delete": "back on the queue",
    "clear": "back on the queue",
    "skip": "next again",
    "move": "back in place",
    "edit": "as before",
    "admit": "waiting to be let in again",
    "refuse": "waiting to be let in again",
}
#: More are counted.
_NAMED: Final = 3


class Scene(Struct, frozen=True):
    """A queue with all its items, what they are sorted by, and what a deed wrote beside them, as it is by now."""

    view: QueueView
    scores: Mapping[ItemId, float]
    fields: Mapping[Part, Mapping[str, str]]


class Undone(Struct, frozen=True):
    """`sentence`: what a host reads of it."""

    deed: Deed
    arrangement: Arrangement
    sentence: str


def undone(deed: Deed, text: str, scene: Scene) -> Undone:
    """`text` is the deed as it is kept. SettingsOvertaken where somebody has changed the same settings since."""
    view, settings = scene.view, _settings_before(deed, scene.view.queue.settings)
    meant, back = _meant(deed), _as_they_were(deed, view)
    admitted = [item for item in view.to_come if item.id in deed.added]
    nothing = bool(deed.items or deed.added) and not (admitted or any(item.id in back for item in meant))
    if nothing:
        back = {}
    left = [item for item in view.to_come if item.id not in back and item not in admitted]
    row = Row(left, scene.scores if settings.order != "fifo" else None)
    for noted, item in back.values():
        if _skipped(noted):
            row.put_first(item, _round(deed, scene))
        else:
            row.put_back(noted, item)
    over = [item for item in view.over if item.id not in back]
    keep = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(view.over, over, strict=False)))
    arrangement = Arrangement(
        rev=view.queue.rev,
        keep=keep,
        before=view.items[keep:],
        after=(*over[keep:], *row),
        past=len(over) - keep,
        scores=row.scores,
        fields={} if nothing else _fields(deed, scene),
        settings=settings if deed.settings else None,
        undoes=text,
    )
    return Undone(deed, arrangement, _sentence(deed, meant, back, nothing=nothing))


# -- settings and what stands beside the list ------------------------------------------------------------------


def _settings_before(deed: Deed, now: QueueSettings) -> QueueSettings:
    overtaken = [key for key, (_, after) in deed.settings.items() if SettingsChange({key: after}).apply(now) != now]
    if overtaken:
        raise SettingsOvertaken(keys=" and ".join(overtaken))
    return SettingsChange({key: before for key, (before, _) in deed.settings.items()}).apply(now)


def _fields(deed: Deed, scene: Scene) -> dict[Part, dict[str, str]]:
    """Only what differs from now. After a skip the round is that of what plays on."""
    now = {part: scene.fields.get(part, {}) for part in deed.fields}
    wanted = {
        part: {field: _text(part, texts, now[part].get(field, "")) for field, texts in fields.items()}
        for part, fields in deed.fields.items()
        if part != "meta" or deed.verb != "skip"
    }
    return {p: {f: text for f, text in fields.items() if text != now[p].get(f, "")} for p, fields in wanted.items()}


def _text(part: Part, texts: Texts, now: str) -> str:
    """What was charged or given back since stays so: sums differ by what the deed made of them. The rest is somebody
    else's by now.
    """
    before, after = texts
    if now == after:
        return before
    if part == "turns":
        turns = float(now or 0) + float(before or 0) - float(after or 0)
        return f"{turns:g}" if turns > 0 else ""
    if part == "points" and now and before and after:
        purse, given_milli = Purse.from_text(now), Purse.from_text(after).milli - Purse.from_text(before).milli
        return f"{max(0, purse.milli - given_milli)}|{purse.at_ms}"
    return now


# -- items -----------------------------------------------------------------------------------------------------


def _round(deed: Deed, scene: Scene) -> float:
    """Of what was skipped: that of the current item before the next one began."""
    before, _ = deed.fields.get("meta", {}).get("round", ("", ""))
    return float(before) if before else scene.view.queue.round


def _skipped(noted: Noted) -> bool:
    return bool(noted.after) and Item.from_line(noted.after).status == "skipped"


def _meant(deed: Deed) -> list[Item]:
    """What the host pointed at; others may have moved up with it."""
    lines = [noted.before for noted in deed.items if not noted.after or _skipped(noted)]
    lobby = [before for before, _ in deed.fields.get("lobby", {}).values()]
    return [Item.from_line(line) for line in lines or lobby or [noted.before for noted in deed.items]]


def _as_they_were(deed: Deed, view: QueueView) -> dict[ItemId, tuple[Noted, Item]]:
    """What comes back or is changed back, in the order of the list."""
    there = {item.id: item for item in view.items}
    back = {}
    for noted in sorted(deed.items, key=lambda noted: noted.place):
        before = Item.from_line(noted.before)
        item = _as_it_was(before, Item.from_line(noted.after) if noted.after else None, there.get(before.id))
        if item is not None:
            back[item.id] = (noted, item)
    return back


def _as_it_was(before: Item, after: Item | None, now: Item | None) -> Item | None:
    """None where it has been played or taken off since."""
    if after is None:
        return before if now is None else None
    if now is None or now.status != after.status:
        return None
    kept = {
        field: getattr(now, field) for field in Item.__struct_fields__ if getattr(now, field) != getattr(after, field)
    }
    item = replace(before, **kept)
    return item.put_back() if item.status == "playing" else item


class Row:
    """What waits, as a chain: an item is put behind another at once, however many there are. Sorted, if `scores` says
    by what.
    """

    def __init__(self, items: Sequence[Item], scores: Mapping[ItemId, float] | None) -> None:
        self._items = {item.id: item for item in items}
        self._next = dict(pairwise((_END, *self._items, _END)))
        self._sorted = scores is not None
        self.scores = {item_id: score for item_id, score in (scores or {}).items() if item_id in self._items}

    def __iter__(self) -> Iterator[Item]:
        return (self._items[item_id] for _, item_id in self._pairs() if item_id != _END)

    def _pairs(self) -> Iterator[tuple[ItemId, ItemId]]:
        """Each with what follows it, from the front to the end."""
        at = _END
        while (following := self._next[at]) != _END:
            yield at, following
            at = following
        yield at, _END

    def put_back(self, noted: Noted, item: Item) -> None:
        """Where it stood; in a sorted row where its score belongs, should others have moved since."""
        ahead, score = self._ahead(noted, item), float(noted.score) if noted.score else None
        least, most = self._between(ahead)
        if score is None:
            score = max(0.0, least)
        if self._sorted and not least <= score <= most:
            ahead = self._first_where(lambda other: self.scores[other.id] > score)
        self._put(item, ahead, score)

    def put_first(self, item: Item, score: float) -> None:
        """It has to be sorted no later than what was the first."""
        self._put(item, _END, min(score, self._between(_END)[1]))

    def _put(self, item: Item, ahead: ItemId, score: float) -> None:
        self._items[item.id] = item
        self._next[item.id], self._next[ahead] = self._next[ahead], item.id
        if self._sorted:
            self.scores[item.id] = score

    def _between(self, ahead: ItemId) -> tuple[float, float]:
        """The least and the greatest score that fit behind it."""
        return self.scores.get(ahead, -inf), self.scores.get(self._next[ahead], inf)

    def _ahead(self, noted: Noted, item: Item) -> ItemId:
        """What it comes behind. Where none of its neighbours waits any more, the order of adding says so."""
        ahead, behind = (Item.from_line(line).id if line else _END for line in (noted.ahead, noted.behind))
        if ahead in self._next:
            return ahead
        if behind != _END and behind in self._next:
            return next(at for at, following in self._pairs() if following == behind)
        return self._first_where(lambda other: other.timestamp_added > item.timestamp_added)

    def _first_where(self, later: Callable[[Item], bool]) -> ItemId:
        """What stands in front of the first that is later; the last of all where none is."""
        return next(at for at, following in self._pairs() if following == _END or later(self._items[following]))


# -- in words --------------------------------------------------------------------------------------------------


def _sentence(deed: Deed, meant: Sequence[Item], back: Mapping[ItemId, object], *, nothing: bool) -> str:
    if deed.settings:
        return f"As before: {', '.join(deed.settings)}."
    if nothing:
        return f"Nothing came back, since {_songs(meant)} no longer waited."
    came = [item for item in meant if item.id in back] or meant
    left = [item for item in meant if item.id not in back] if back else []
    lost = f" Left out: {_songs(left)}." if left else ""
    songs = _songs(came)
    return f"{songs[0].upper()}{songs[1:]} {'is' if len(came) == 1 else 'are'} {_NOW[deed.verb]}.{lost}"


def _songs(items: Sequence[Item]) -> str:
    names = [item.performer_name for item in items]
    if len(names) > _NAMED:
        return f"{len(names)} songs"
    return f"the song of {names[0]}" if len(names) == 1 else f"the songs of {', '.join(names[:-1])} and {names[-1]}"
