"""The `messages` commands, beside a running server or, where no Redis is asked for, without one."""

from api_queue.messages.copy_command import copy_messages
from api_queue.messages.models import Storage
from api_queue.serving.account_commands import with_parts
from api_queue.settings import Settings


def copy_between(settings: Settings, source: Storage, target: Storage, queue: str | None) -> str:
    """The sentence at the end."""
    return with_parts(
        settings,
        lambda parts: copy_messages(
            parts.message_store(source),
            parts.message_store(target),
            queue,
            settings.messages_queues_max,
            parts.clock.now_ms(),
        ),
    )
