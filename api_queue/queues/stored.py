"""The record of a queue as its hash in Redis has it."""

from typing import cast

import msgspec
from msgspec.structs import replace

from api_queue.queues.deeds import Undoable
from api_queue.queues.models import Queue
from api_queue.queues.session import LastReport, Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.turn_taking import Card, Pause
from api_queue.types import ItemId, QueueKind, QueueName

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
    )
