"""Which settings a queue may have, and who may change which."""

from api_queue.errors import AdminOnlySetting, OrderRules
from api_queue.queues.models import KIND_LIMITS, Queue
from api_queue.queues.settings import QueueSettings, SettingsChange
from api_queue.types import QueueKind, Role


def check_change(queue: Queue, settings: QueueSettings, by: Role) -> None:
    check_admin_only(queue.settings, settings, by)
    _check_order(queue, settings)


def within_kind(kind: QueueKind, settings: QueueSettings) -> QueueSettings:
    limit = KIND_LIMITS.get(kind)
    if limit is None or (settings.max_items or limit + 1) <= limit:
        return settings
    return SettingsChange({"max_items": limit}).apply(settings)


def _check_order(queue: Queue, settings: QueueSettings) -> None:
    if settings.order == "fifo":
        return
    if queue.kind == "personal":
        raise OrderRules(
            reason="This is one member's own queue: it plays in the order of adding, or as they shuffle it."
        )
    if queue.session.shuffle or queue.session.repeat_mode != "off":
        raise OrderRules(
            reason=f"Switch shuffle and repeat off first: the order {settings.order} sorts the queue itself."
        )


def check_admin_only(before: QueueSettings, after: QueueSettings, by: Role) -> None:
    """The host of a queue that a guest made may not open the music library to themselves."""
    if by != "admin" and after.guest_playback != before.guest_playback:
        raise AdminOnlySetting(key="guest_playback")
