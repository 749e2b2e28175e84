"""The records of a queue as Redis has them, and as scripts that read answer them."""

from collections.abc import Iterable, Sequence
from typing import cast

import msgspec
from msgspec.structs import replace

from api_queue.queues.deeds import Undoable
from api_queue.queues.ledger import Ledger
from api_queue.queues.models import Item, Queue, Whose
from api_queue.queues.session import LastReport, Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.turn_taking import Card, Pause
from api_queue.types import GuestId, ItemId, QueueKind, QueueName

_session = msgspec.json.Decoder(Session).decode
_report = msgspec.json.Decoder(LastReport).decode
_settings = msgspec.json.Decoder(QueueSettings).decode
_paused = msgspec.json.Decoder(dict[str, Pause]).decode
_cards = msgspec.json.Decoder(dict[ItemId, Card]).decode


def queue_of(name: QueueName, meta: dict[str, str], total: int, undoable: Undoable | None) -> Queue:
    # The lease is beside the record: heartbeats renew it without a revision.
    lease = {field: int(meta.get(field, 0)) for field in ("lease_until_ms", "lease_since_ms")}
    session = replace(_session(meta["session"]), **lease)
    return Queue(
        name=name,
        kind=cast("QueueKind", meta["kind"]),
        rev=int(meta["rev"]),
        created_at_ms=int(meta["created_at_ms"]),
        changed_at_ms=int(meta["changed_at_ms"]),
        settings=_settings(meta["settings"]),
        settings_rev=int(meta["settings_rev"]),
        session_rev=int(meta.get("session_rev", 0)),
        session=session,
        report=_report(meta["report"]) if "report" in meta else None,
        head=int(meta["head"]),
        total=total,
        undoable=undoable,
        waiting_ms=int(meta["waiting_ms"]),
        fixed=int(meta["fixed"]),
        round=float(meta.get("round", 0)),
        paused=_paused(meta.get("paused", "{}")),
        cards=_cards(meta.get("cards", "{}")),
        rekeyed=int(meta.get("rekeyed", 0)),
        entered="entered" in meta,
    )


def ledger_of(rev: str, scores: Sequence[str], turns: Sequence[str], joined: Sequence[str], moved: list[str]) -> Ledger:
    """As `lua/ledger.lua` answers."""
    return Ledger(
        rev=int(rev),
        scores={ItemId(item_id): float(score) for item_id, score in _pairs(scores)},
        turns={payer: float(charged) for payer, charged in _pairs(turns)},
        tables={GuestId(guest): table for guest, table in _pairs(joined) if table},
        moved=frozenset(map(ItemId, moved)),
    )


def whose_of(
    fields: Sequence[str],
    rev: str,
    lowest: Sequence[str],
    joined: Sequence[str],
    charged: Sequence[str],
    lines: Sequence[str],
    scores: Sequence[str],
    moved: Sequence[int],
) -> Whose:
    """As `lua/whose.lua` answers, of these fields."""
    items = tuple(map(Item.from_line, lines))
    ledger = Ledger(
        rev=int(rev),
        scores={item.id: float(score) for item, score in zip(items, scores, strict=True) if score},
        turns={payer: float(turns) for payer, turns in zip(fields, charged, strict=True)},
        tables={GuestId(guest): table for guest, table in _pairs(joined) if table},
        moved=frozenset(item.id for item, by_hand in zip(items, moved, strict=True) if by_hand),
    )
    return Whose(ledger, items, tuple((ItemId(item_id), float(score)) for item_id, score in _pairs(lowest)))


def _pairs(flat: Sequence[str]) -> Iterable[tuple[str, str]]:
    """As scripts answer a hash."""
    return zip(flat[::2], flat[1::2], strict=True)
