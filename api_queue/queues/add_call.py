"""How the script of an add is called, and what it answers."""

from typing import Any

import msgspec
from msgspec.structs import replace

from api_queue.drivers.redis import Argument
from api_queue.queues import points, wire
from api_queue.queues.holdings import Holdings
from api_queue.queues.ledger import Sorting
from api_queue.queues.models import Added, Admission, Asked, Item, Limits, Refused
from api_queue.queues.scripts import as_deed, optional, parts_of
from api_queue.queues.session import Session
from api_queue.queues.tokens import NO_TOKEN, Window
from api_queue.queues.variants import Variants

_session = msgspec.json.Decoder(Session).decode


def arguments(
    item: Item,
    limits: Limits,
    settings_rev: int,
    rev: int | None,
    before: Item | None,
    sorting: Sorting | None,
    admission: Admission | None,
    variants: Variants,
    *,
    dry: bool,
) -> tuple[Argument, ...]:
    """Those of add.lua behind the three that every script takes."""
    return (
        settings_rev,
        optional(rev),
        *parts_of(item),
        item.track_duration_ms,
        int(not item.by_host and admission is None),
        optional(limits.max_items),
        optional(limits.max_per_guest),
        optional(limits.track_window_ms),
        optional(limits.performer_window_ms),
        wire.change_add(item),
        before.id if before else "",
        before.as_line() if before else "",
        int(dry),
        *_bounds(limits, item),
        wire.json_text(sorting) if sorting else "",
        *_approval(limits, item, admission),
        variants.as_text(),
        *(part for bucket in limits.buckets for part in bucket),
    )


def answer_of(answer: list[Any]) -> Added | Asked | Refused:
    if answer[0] == "lobby":
        return Asked(int(answer[1]))
    return _added(answer) if answer[0] == "ok" else _refused(answer)


def _bounds(limits: Limits, item: Item) -> tuple[Argument, ...]:
    """The twelve from ARGV 21 on."""
    room, rates, tokens = limits.room, limits.points, limits.tokens
    return (
        optional(limits.most),
        optional(limits.max_per_guest_ms),
        int(limits.join_code),
        *((room.ms, room.session_rev, room.space_ms) if room else ("", "", "")),
        *((points.cost(item.track_duration_ms), *rates) if rates else ("", "", "")),
        *((tokens[0], tokens[1], optional(tokens[2])) if tokens else ("", "", "")),
    )


def _approval(limits: Limits, item: Item, admission: Admission | None) -> tuple[Argument, ...]:
    """The four from ARGV 34 on."""
    if admission:
        return "admit", admission.asking.as_line(), "", as_deed(admission.deed)
    if limits.approval == "off":
        return "", "", "", ""
    asking = replace(item, status="lobby")
    return limits.approval, asking.as_line(), wire.change_add(asking), ""


def _added(answer: list[Any]) -> Added:
    _, rev, ahead, ahead_ms, uneven, session, waiting, waiting_ms, holdings = answer
    return Added(
        rev=int(rev),
        ahead=int(ahead),
        ahead_ms=int(ahead_ms),
        uneven=bool(int(uneven)),
        session=_session(session),
        waiting=int(waiting),
        waiting_ms=int(waiting_ms),
        holdings=Holdings.from_reply(holdings),
    )


def _refused(answer: list[Any]) -> Refused:
    why, fact, token = (*answer, "", "")[:3]
    return Refused(why, str(fact), NO_TOKEN.get(token) or (Window.from_text(token) if token else None))
