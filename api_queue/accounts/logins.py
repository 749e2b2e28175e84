"""Logins by JWT: a refresh token is good once and answers with the next; an old one that comes back ends the login."""

import hmac
from typing import Final

from api_queue.accounts.models import (
    Login,
    LoginStore,
    LoginToken,
    Revocations,
    SignedIn,
    TokenStore,
    hash_of,
    new_secret,
)
from api_queue.drivers.clock import Clock
from api_queue.errors import BadCredential

_DAY_MS: Final = 86_400_000


class LoginService:
    def __init__(
        self, store: LoginStore, tokens: TokenStore, revocations: Revocations, clock: Clock, refresh_days: int
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._revocations = revocations
        self._clock = clock
        self._ttl_ms = refresh_days * _DAY_MS

    async def start(self, token: LoginToken) -> SignedIn:
        now = self._clock.now_ms()
        login_id, secret = new_secret(), new_secret()
        await self._store.add_login(Login(login_id, token.token_id, hash_of(secret), now + self._ttl_ms, None), now)
        return SignedIn(token, login_id, f"{login_id}.{secret}")

    async def renew(self, refresh: str) -> SignedIn:
        login_id, _, secret = refresh.partition(".")
        login = await self.live(login_id)
        token = await self._tokens.by_id(login.token_id) if login else None
        if login is None or token is None or not token.is_live(self._clock.now_ms()):
            raise BadCredential
        following = new_secret()
        if not await self._swap(login, secret, following):
            await self.end(login_id)  # two hold this login, and one of them stole it
            raise BadCredential
        return SignedIn(token, login_id, f"{login_id}.{following}")

    async def _swap(self, login: Login, secret: str, following: str) -> bool:
        if not _is_newest(login, secret):
            return False
        until = self._clock.now_ms() + self._ttl_ms
        return await self._store.renew_login(login.login_id, login.secret_hash, hash_of(following), until)

    async def login_of(self, refresh: str) -> str | None:
        """The id of the live login whose newest refresh token this is."""
        login_id, _, secret = refresh.partition(".")
        login = await self.live(login_id)
        return login_id if login and _is_newest(login, secret) else None

    async def live(self, login_id: str) -> Login | None:
        login = await self._store.login(login_id)
        return login if login and login.is_live(self._clock.now_ms()) else None

    async def end(self, login_id: str) -> None:
        """Its refresh token and its access tokens are good no more, on every worker."""
        if await self._store.end_login(login_id, self._clock.now_ms()):
            await self._revocations.tell()

    async def end_everywhere(self, login_id: str) -> None:
        """This login and all others by the same login token."""
        login = await self.live(login_id)
        if login:
            await self.end_all(login.token_id)

    async def end_all(self, token_id: str) -> None:
        """All that were made with this login token."""
        if await self._store.end_logins(token_id, self._clock.now_ms()):
            await self._revocations.tell()


def _is_newest(login: Login, secret: str) -> bool:
    return hmac.compare_digest(login.secret_hash, hash_of(secret))
