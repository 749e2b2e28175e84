"""`token create`, `token list`, `token revoke`: what the command line prints."""

from typing import Final

from api_queue.accounts.models import LoginToken, TokenRole
from api_queue.accounts.printed import minute, shown, table
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
    return table([_HEADINGS, *(_row(token) for token in await tokens.tokens(queue))])


async def revoke_token(tokens: TokenService, token_id: str) -> str:
    await tokens.revoke(token_id)
    return f"The token {token_id} is revoked, and with it every login that was made from it."


def _row(token: LoginToken) -> tuple[str, ...]:
    until = "revoked" if token.revoked_at_ms is not None else minute(token.expires_at_ms)
    uses = str(token.uses) if token.max_uses is None else f"{token.uses}/{token.max_uses}"
    where = (token.role, token.queue or "-", shown(token.label) or "-")
    return (token.token_id, *where, minute(token.created_at_ms), until, uses, minute(token.last_used_at_ms))
