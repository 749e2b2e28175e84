"""API keys: the verbs."""

from collections.abc import Mapping, Sequence
from typing import Final

from api_queue.accounts.api_keys import ApiKey, ApiKeyStore, QueueRights, new_api_key
from api_queue.accounts.models import Revocations, hash_of, new_secret
from api_queue.drivers.clock import Clock
from api_queue.errors import UnknownApiKey
from api_queue.web.programs import KEY_PREFIX, Program

#: `last_used_at` is written at most this often, so that a busy program is not a busy database.
_TOUCH_MS: Final = 60_000


class ApiKeyService:
    """`configured`: programs by the SHA-256 of their keys, as the operator wrote them down."""

    def __init__(
        self, store: ApiKeyStore, configured: Mapping[str, Program], revocations: Revocations, clock: Clock
    ) -> None:
        self._store = store
        self._configured = configured
        self._revocations = revocations
        self._clock = clock

    async def create(self, description: str, queues: QueueRights) -> str:
        """The value, which nobody can ask for again."""
        value = new_secret(KEY_PREFIX)
        await self._store.add(new_api_key(value, description, queues, self._clock.now_ms()))
        return value

    async def keys(self) -> Sequence[ApiKey]:
        """Those of the database, newest first, revoked ones too."""
        return await self._store.keys()

    async def revoke(self, key_id: str) -> None:
        """It is good no more, on every worker. Raises UnknownApiKey."""
        if not await self._store.revoke(key_id, self._clock.now_ms()):
            raise UnknownApiKey(key_id=key_id)
        await self._revocations.tell()

    async def find(self, value: str) -> Program | None:
        """Whose key this is. Hashes are compared, so the time this takes tells nothing of any key."""
        key_hash = hash_of(value)
        return self._configured.get(key_hash) or await self._of_database(key_hash)

    async def _of_database(self, key_hash: str) -> Program | None:
        key = await self._store.by_hash(key_hash)
        if key is None or key.revoked_at_ms is not None:
            return None
        now = self._clock.now_ms()
        if now - (key.last_used_at_ms or 0) > _TOUCH_MS:
            await self._store.touch(key.program.key_id, now)
        return key.program
