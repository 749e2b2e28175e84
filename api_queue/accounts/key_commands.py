"""`key create`, `key list`, `key revoke`: what the command line prints."""

from collections.abc import Sequence
from typing import Final

from api_queue.accounts.api_key_service import ApiKeyService
from api_queue.accounts.api_keys import ApiKey, queue_rights
from api_queue.accounts.printed import minute, shown, table
from api_queue.web.programs import RIGHTS, Program

_HEADINGS: Final = ("id", "description", "rights", "made", "revoked", "last used")


async def create_key(keys: ApiKeyService, description: str, queues: Sequence[str]) -> str:
    """`queues`: `NAME=READ,WRITE` each. The value alone, so that a script can take it; it is shown this once."""
    wanted: dict[str, list[str]] = {}
    for name, _, rights in (each.partition("=") for each in queues):
        wanted.setdefault(name, []).extend(rights.split(","))
    return await keys.create(description, queue_rights(wanted))


async def list_keys(keys: ApiKeyService) -> str:
    return table([_HEADINGS, *(_row(key) for key in await keys.keys())])


async def revoke_key(keys: ApiKeyService, key_id: str) -> str:
    await keys.revoke(key_id)
    return f"The API key {key_id} is revoked."


def _row(key: ApiKey) -> tuple[str, ...]:
    times = map(minute, (key.created_at_ms, key.revoked_at_ms, key.last_used_at_ms))
    return (key.program.key_id, shown(key.program.description), _rights(key.program), *times)


def _rights(program: Program) -> str:
    """As `--queue` takes them."""
    lines = (f"{queue}={','.join(r for r in RIGHTS if r in held).upper()}" for queue, held in program.queues.items())
    return " ".join(lines)
