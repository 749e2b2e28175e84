"""`token create`, `token list`, `token revoke`: what the command line prints."""

from collections.abc import Sequence
from typing import Final

from api_queue.accounts.models import LoginToken, TokenRole, moment
from api_queue.accounts.service import TokenService
from api_queue.types import QueueName

_HEADINGS: Final = ("id", "role", "queue", "label", "made", "until", "uses", "last used")


async def create_token(
    tokens: TokenService,
    role: TokenRole,
    queue: QueueName | None = None,
    *,
    label: str = "",
    community: str = "",
    ttl_s: int | None = None,
    max_uses: int | None = None,
) -> str:
    """The value alone, so that a script can take it; it is shown this once."""
    _, value = await tokens.create(role, queue, label=label, community=community, ttl_s=ttl_s, max_uses=max_uses)
    return value


async def list_tokens(tokens: TokenService, queue: QueueName | None = None) -> str:
    return _table([_HEADINGS, *(_row(token) for token in await tokens.tokens(queue))])


async def revoke_token(tokens: TokenService, token_id: str) -> str:
    await tokens.revoke(token_id)
    return f"The token {token_id} is revoked, and with it every login that was made from it."


def _row(token: LoginToken) -> tuple[str, ...]:
    until = "revoked" if token.revoked_at_ms is not None else _day(token.expires_at_ms) or "-"
    uses = str(token.uses) if token.max_uses is None else f"{token.uses}/{token.max_uses}"
    where = (token.role, token.queue or "-", _shown(token.label) or "-")
    return (token.token_id, *where, _day(token.created_at_ms), until, uses, _day(token.last_used_at_ms) or "-")


def _shown(label: str) -> str:
    """A host chose it; on the admin's terminal it can neither start a line nor colour one."""
    return "".join(c if c.isprintable() else "?" for c in label)


def _day(time_ms: int | None) -> str:
    return "" if time_ms is None else moment(time_ms).strftime("%Y-%m-%d %H:%M")


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)
    return "\n".join(lines)
