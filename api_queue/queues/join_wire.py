"""Joining, as JSON."""

from typing import Any

from api_queue.queues.joining import Joining
from api_queue.queues.settings import iso
from api_queue.types import GuestId, QueueName, Role


def joined_json(name: QueueName, role: Role, guest_id: GuestId | None, table: str) -> dict[str, Any]:
    return {"queue": name, "role": role, "guest_id": guest_id, "joined": True, "table": table or None}


def joining_json(joining: Joining, url: str) -> dict[str, Any]:
    return {
        "queue": joining.queue,
        "join": joining.join,
        "code": joining.code.code,
        "expires_at": iso(joining.code.expires_at_ms),
        "url": url,
        "tables": joining.tables,
    }
