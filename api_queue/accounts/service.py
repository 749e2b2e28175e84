"""Login tokens, one-time codes and audit lines: the verbs."""

import json
from collections.abc import Sequence
from typing import Final

from api_queue.accounts.models import (
    CODE_TTL_MS,
    DEMO_ADMIN,
    PREFIX,
    AuditLine,
    AuditStore,
    LoginToken,
    Revocations,
    TokenRole,
    TokenStore,
    hash_of,
    new_secret,
    new_token,
)
from api_queue.drivers.clock import Clock
from api_queue.errors import BadCredential, StartRefused, UnknownToken
from api_queue.types import QueueName

#: `last_used_at` is written at most this often, so that a busy token is not a busy database.
_TOUCH_MS: Final = 60_000


class TokenService:
    def __init__(self, store: TokenStore, revocations: Revocations, clock: Clock) -> None:
        self._store = store
        self._revocations = revocations
        self._clock = clock

    async def create(
        self,
        role: TokenRole,
        queue: QueueName | None = None,
        *,
        label: str = "",
        community: str = "",
        ttl_s: int | None = None,
        max_uses: int | None = None,
        value: str | None = None,
    ) -> tuple[LoginToken, str]:
        """The token and its value, which nobody can ask for again. `value`: a secret that was made already."""
        value = value or new_secret(PREFIX)
        now = self._clock.now_ms()
        token = new_token(value, role, queue, now, label=label, community=community, ttl_s=ttl_s, max_uses=max_uses)
        await self._store.add(token)
        return token, value

    async def tokens(self, queue: QueueName | None = None) -> Sequence[LoginToken]:
        """Newest first, revoked ones too; of one queue, or of the whole server."""
        return await self._store.tokens(queue)

    async def revoke(self, token_id: str, queue: QueueName | None = None) -> None:
        """With `queue`, only a token of that queue. All that was made from it is dead with it, on every worker."""
        token = await self._store.by_id(token_id)
        if token is None or (queue is not None and token.queue != queue):
            raise UnknownToken(token_id=token_id)
        await self._store.revoke(token_id, self._clock.now_ms())
        await self._revocations.tell()

    async def revoke_queue(self, queue: QueueName, label: str | None = None) -> None:
        """All tokens of a queue that goes, or a later queue of that name would have the old one's hosts; or those with
        this label.
        """
        await self._store.revoke_queue(queue, self._clock.now_ms(), label)
        await self._revocations.tell()

    async def find(self, value: str) -> LoginToken | None:
        """Whatever its state; a live one is marked as used now."""
        token = await self._store.by_hash(hash_of(value))
        now = self._clock.now_ms()
        if token and token.is_live(now) and now - (token.last_used_at_ms or 0) > _TOUCH_MS:
            await self._store.touch(token.token_id, now)
        return token

    async def by_id(self, token_id: str) -> LoginToken | None:
        return await self._store.by_id(token_id)

    async def use(self, value: str) -> LoginToken:
        """One presentation at POST /auth, which counts. Raises BadCredential."""
        return await self._counted(await self._store.by_hash(hash_of(value)))

    async def use_by_id(self, token_id: str) -> LoginToken:
        """As `use`, for who has proven otherwise whose token it is."""
        return await self._counted(await self._store.by_id(token_id))

    async def _counted(self, token: LoginToken | None) -> LoginToken:
        now = self._clock.now_ms()
        if token is None or not token.is_live(now) or not await self._store.count_use(token.token_id, now):
            raise BadCredential
        return token

    async def new_code(self) -> str:
        """A one-time admin code; the one from before is good no more."""
        code = new_secret()
        await self._store.add_code(hash_of(code), self._clock.now_ms() + CODE_TTL_MS)
        return code

    async def redeem(self, code: str) -> LoginToken:
        """The admin token behind the login by this code: it can be listed and revoked, its value was never seen."""
        if not await self._store.use_code(hash_of(code), self._clock.now_ms()):
            raise BadCredential
        token, _ = await self.create("admin", label="one-time code")
        return token

    async def has_admin(self) -> bool:
        now = self._clock.now_ms()
        return any(token.role == "admin" and token.is_live(now) for token in await self._store.tokens(None))

    async def add_demo_admin(self) -> None:
        """The demo profile's `session_id=admin`."""
        if await self._store.by_hash(hash_of(DEMO_ADMIN)) is None:
            await self._store.add(new_token(DEMO_ADMIN, "admin", None, self._clock.now_ms(), label="demo"))

    async def refuse_demo_admin(self) -> None:
        """Anybody could be admin of a server that took over a demo's database."""
        if await self._store.by_hash(hash_of(DEMO_ADMIN)) is not None:
            raise StartRefused(reason="This database was made by the demo, where everybody knows the admin's token.")


class AuditService:
    def __init__(self, store: AuditStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def write(self, token_id: str, action: str, queue: QueueName | None = None, **facts: object) -> None:
        """`facts` must hold nothing secret and nobody's name."""
        await self._store.add_line(AuditLine(self._clock.now_ms(), token_id, action, queue, json.dumps(facts)))

    async def page(
        self, limit: int, offset: int = 0, queue: QueueName | None = None
    ) -> tuple[int, Sequence[AuditLine]]:
        """How many there are, of this queue or in all, and some of them, newest first."""
        return await self._store.lines(limit, offset, queue)

    async def lines(self, limit: int = 100) -> Sequence[AuditLine]:
        """Newest first."""
        return (await self.page(limit))[1]
