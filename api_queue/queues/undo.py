"""How a queue is after something was taken back, and what is said of it. Pure.

As if it had never been done: what happened since stays, and what somebody else has changed since is left as it is.
"""

from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from api_queue.errors import SettingsOvertaken
from api_queue.queues.arrangement import Arrangement
from api_queue.queues.deeds import Deed, Noted, Part, Texts, Verb
from api_queue.queues.models import Item, QueueView
from api_queue.queues.order import Arranged, as_text, taken_in
from api_queue.queues.points import Purse
from api_queue.queues.settings import QueueSettings, SettingsChange
from api_queue.queues.settings_rules import check_change
from api_queue.queues.undo_row import Row
from api_queue.types import GuestId, ItemId, Role

Back = Mapping[ItemId, tuple[Noted, Item]]
Written = dict[Part, dict[str, str]]

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
    """A queue with all its items, what they are sorted by, what a deed wrote beside them, and the tables of guests, as
    it is by now.
    """

    view: QueueView
    scores: Mapping[ItemId, float]
    fields: Mapping[Part, Mapping[str, str]]
    tables: Mapping[GuestId, str] = {}


class Undone(Struct, frozen=True):
    """`sentence`: what a host reads of it."""

    deed: Deed
    arrangement: Arrangement
    sentence: str


def undone(deed: Deed, text: str, scene: Scene, by: Role) -> Undone:
    """`text` is the deed as it is kept. SettingsOvertaken where somebody has changed the same settings since, else what
    `settings_rules` say of a change back.
    """
    meant, back = _meant(deed), _as_they_were(deed, scene.view)
    if not _is_there(deed, meant, back, scene.view):
        empty = Deed(verb=deed.verb, by=deed.by, at_ms=deed.at_ms)
        sentence = f"Nothing came back, since {_songs(meant)} no longer waited."
        return Undone(deed, _arrangement(empty, text, scene, {}), sentence)
    if deed.settings:
        check_change(scene.view.queue, _settings_before(deed, scene.view.queue.settings), by)
    return Undone(deed, _arrangement(deed, text, scene, back), _sentence(deed, meant, back))


def _is_there(deed: Deed, meant: Sequence[Item], back: Back, view: QueueView) -> bool:
    """Whether what the host pointed at is still theirs to change."""
    if deed.added:
        return any(item.id in deed.added for item in view.to_come)
    return not deed.items or any(item.id in back for item in meant)


def _arrangement(deed: Deed, text: str, scene: Scene, back: Back) -> Arrangement:
    view, settings = scene.view, _settings_before(deed, scene.view.queue.settings)
    over = [item for item in view.over if item.id not in back]
    keep = sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], zip(view.over, over, strict=False)))
    row, fields = _waiting(deed, scene, back, settings)
    return Arrangement(
        rev=view.queue.rev,
        keep=keep,
        before=view.items[keep:],
        after=(*over[keep:], *row),
        past=len(over) - keep,
        scores=row.scores,
        fields=fields,
        settings=settings if deed.settings else None,
        undoes=text,
    )


# -- settings and what stands beside the list ------------------------------------------------------------------


def _settings_before(deed: Deed, now: QueueSettings) -> QueueSettings:
    values = msgspec.to_builtins(now)
    overtaken = [key for key, (_, after) in deed.settings.items() if values[key] != after]
    if overtaken:
        raise SettingsOvertaken(keys=" and ".join(overtaken))
    return SettingsChange({key: before for key, (before, _) in deed.settings.items()}).apply(now)


def _fields(deed: Deed, scene: Scene) -> Written:
    """Only what differs from now. After a skip the round is that of what plays on."""
    now = {part: scene.fields.get(part, {}) for part in deed.fields}
    wanted = {
        part: {field: _text(part, texts, now[part].get(field, "")) for field, texts in fields.items()}
        for part, fields in deed.fields.items()
        if part != "meta" or deed.verb != "skip"
    }
    if let_in := [item for item in scene.view.to_come if item.id in deed.added]:
        wanted["lobby"] = {item.id: replace(item, status="lobby").as_line() for item in let_in}
    return {p: {f: text for f, text in fields.items() if text != now[p].get(f, "")} for p, fields in wanted.items()}


def _text(part: Part, texts: Texts, now: str) -> str:
    """What was charged or given back since stays so: sums differ by what the deed made of them. The rest is somebody
    else's by now.
    """
    before, after = texts
    if part == "played" and after:  # what plays on has begun
        return now
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


def _waiting(deed: Deed, scene: Scene, back: Back, settings: QueueSettings) -> tuple[Row, Written]:
    """What waits, and what is written beside it."""
    stays = [item for item in scene.view.to_come if item.id not in back and item.id not in deed.added]
    fields, is_sorted = _fields(deed, scene), settings.order != "fifo"
    if is_sorted and "order" in deed.settings and stays:
        return _added_to(_row(deed, scene, back, (), is_sorted=True), stays, fields, settings, scene.tables)
    return _row(deed, scene, back, stays, is_sorted=is_sorted), fields


def _added_to(
    row: Row, late: Sequence[Item], fields: Written, settings: QueueSettings, tables: Mapping[GuestId, str]
) -> tuple[Row, Written]:
    """The order that comes back knows nothing of what was added since: that is added now."""
    turns, meta = fields.get("turns", {}), fields.get("meta", {})
    round_, reached = (float(meta.get(field) or 0) for field in ("round", "reached"))
    charged = {payer: float(text) for payer, text in turns.items() if text}
    there = Arranged([(item, row.scores[item.id]) for item in row], charged, round_, reached)
    new = taken_in(there, sorted(late, key=lambda item: item.timestamp_added), settings, tables)
    texts = {payer: as_text(charge) for payer, charge in new.turns.items()}
    written: Written = fields | {"turns": turns | texts, "meta": meta | {"reached": as_text(new.reached)}}
    return Row([item for item, _ in new.waiting], {item.id: score for item, score in new.waiting}), written


def _row(deed: Deed, scene: Scene, back: Back, stays: Sequence[Item], *, is_sorted: bool) -> Row:
    row = Row(stays, scene.scores if is_sorted else None)
    for noted, item in back.values():
        if _skipped(noted) and not _waited(noted):
            row.put_first(item, _round(deed, scene))
        else:
            row.put_back(noted, item)
    return row


def _round(deed: Deed, scene: Scene) -> float:
    """Of what was skipped: that of the current item before the next one began."""
    before, _ = deed.fields.get("meta", {}).get("round", ("", ""))
    return float(before) if before else scene.view.queue.round


def _skipped(noted: Noted) -> bool:
    return bool(noted.after) and Item.from_line(noted.after).status == "skipped"


def _waited(noted: Noted) -> bool:
    """Before it was done."""
    return Item.from_line(noted.before).status == "queued"


def _meant(deed: Deed) -> list[Item]:
    """What the host pointed at; others may have moved up with it."""
    lines = [noted.before for noted in deed.items if not noted.after or _skipped(noted)]
    lobby = [before for before, _ in deed.fields.get("lobby", {}).values()]
    return [Item.from_line(line) for line in lines or lobby or [noted.before for noted in deed.items]]


def _as_they_were(deed: Deed, view: QueueView) -> Back:
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


# -- in words --------------------------------------------------------------------------------------------------


def _sentence(deed: Deed, meant: Sequence[Item], back: Back) -> str:
    if deed.settings:
        return f"As before: {', '.join(deed.settings)}."
    came = [item for item in meant if item.id in back] or meant
    left = [item for item in meant if item.id not in back] if back else []
    songs, lost = _songs(came), f" Left out: {_songs(left)}." if left else ""
    return f"{songs[0].upper()}{songs[1:]} {'is' if len(came) == 1 else 'are'} {_NOW[deed.verb]}.{lost}"


def _songs(items: Sequence[Item]) -> str:
    names = [item.performer_name for item in items]
    if len(names) > _NAMED:
        return f"{len(names)} songs"
    return f"the song of {names[0]}" if len(names) == 1 else f"the songs of {', '.join(names[:-1])} and {names[-1]}"
