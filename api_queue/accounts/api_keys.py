"""API keys: what programs present instead of a login, and the rights that were given with each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from api_queue.accounts.models import LONGEST_LABEL, hash_of
from api_queue.errors import BadKeyRequest
from api_queue.types import Right
from api_queue.web.programs import ALL_QUEUES, DEAD, MESSAGE_QUEUE, RIGHTS, Program

QueueRights = Mapping[str, frozenset[Right]]
"""By queue of messages, or by `*`."""


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key of the database. Its value is shown once, when it is made; only the SHA-256 of it is kept."""

    program: Program
    key_hash: str
    created_at_ms: int
    revoked_at_ms: int | None = None
    last_used_at_ms: int | None = None  #: To the minute.


def new_api_key(value: str, description: str, queues: QueueRights, now_ms: int) -> ApiKey:
    """Raises BadKeyRequest."""
    if not 0 < len(description) <= LONGEST_LABEL:
        raise BadKeyRequest(reason=f"its description has 1 to {LONGEST_LABEL} characters")
    return ApiKey(program_of(value, description, queues), hash_of(value), now_ms)


def program_of(value: str, description: str, queues: QueueRights) -> Program:
    """The id is the head of the hash, as with login tokens: it names the key and gives nothing away."""
    return Program(hash_of(value)[:12], description, queues)


def queue_rights(wanted: Mapping[str, Iterable[str]]) -> QueueRights:
    """Rights in any letter case; with `*` among the queues it stands alone. Raises BadKeyRequest."""
    if not all(queue == ALL_QUEUES or _may_be_named(queue) for queue in wanted):
        raise BadKeyRequest(
            reason="a queue is * or 1 to 80 letters, digits, '.', '_' and '-' after a letter or digit, and not the "
            f"'{DEAD}' of another, whose rights it shares"
        )
    rights = {queue: _rights(words) for queue, words in wanted.items()}
    return {ALL_QUEUES: rights[ALL_QUEUES]} if ALL_QUEUES in rights else rights


def _may_be_named(queue: str) -> bool:
    return MESSAGE_QUEUE.fullmatch(queue) is not None and not queue.endswith(DEAD)


def _rights(words: Iterable[str]) -> frozenset[Right]:
    said = {word.strip().lower() for word in words}
    if not said <= set(RIGHTS):
        raise BadKeyRequest(reason=f"rights are {', '.join(RIGHTS).upper()}")
    return frozenset(right for right in RIGHTS if right in said)


class ApiKeyStore(Protocol):
    async def add(self, key: ApiKey) -> None: ...
    async def by_hash(self, key_hash: str) -> ApiKey | None: ...
    async def keys(self) -> Sequence[ApiKey]:
        """Newest first, revoked ones too."""

    async def revoke(self, key_id: str, now_ms: int) -> bool:
        """Whether there is such a key."""

    async def touch(self, key_id: str, now_ms: int) -> None: ...
