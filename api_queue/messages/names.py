"""What may name a queue of messages, a message and a consumer."""

import re
from typing import Final

from api_queue.errors import BadMessageId, BadMessageQueueName
from api_queue.types import MessageId, MessageQueueName
from api_queue.web.programs import DEAD, MESSAGE_QUEUE

#: The address of a message has its id in it.
_ID: Final = re.compile(r"[^\x00-\x1f\x7f\ud800-\udfff]{1,200}")


def message_queue_name(text: str) -> MessageQueueName:
    """As an address names it. Queues of the server itself begin with `_`, so that no address can."""
    if not MESSAGE_QUEUE.fullmatch(text) or text.endswith(2 * DEAD):
        raise BadMessageQueueName(name=text)
    return MessageQueueName(text)


def message_id(text: str) -> MessageId:
    if not _ID.fullmatch(text):
        raise BadMessageId
    return MessageId(text)


def is_dead(queue: MessageQueueName) -> bool:
    """Whether it is a queue of dead letters."""
    return queue.endswith(DEAD)


def dead_letters_of(queue: MessageQueueName) -> MessageQueueName:
    return MessageQueueName(living(queue) + DEAD)


def living(queue: MessageQueueName) -> MessageQueueName:
    """The queue whose dead letters these are, or the queue itself."""
    return MessageQueueName(queue.removesuffix(DEAD))
