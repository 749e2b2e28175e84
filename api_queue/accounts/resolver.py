"""From what a request presents to who calls. Nothing that a client chooses is ever more than a guest."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Final

from api_queue.accounts.api_key_service import ApiKeyService
from api_queue.accounts.logins import LoginService
from api_queue.accounts.models import CHOSEN_ID, DEMO_ADMIN, DEMO_CHOSEN_ID, PREFIX, AccessTokens, LoginToken
from api_queue.accounts.recent import Recent
from api_queue.accounts.service import TokenService
from api_queue.drivers.clock import Clock
from api_queue.errors import BadApiKey, BadCredential, CountedToken, LoginExpired, WeakSessionId
from api_queue.types import GuestId
from api_queue.web.identity import Caller, Grant, Presented
from api_queue.web.programs import ADMIN, NO_PROGRAM

#: Guests whom a worker knows again by one look into a dict.
_MOST_GUESTS: Final = 10_000


@dataclass(frozen=True, slots=True)
class _Access:
    """An access token that was found good, and the login token behind it."""

    token: LoginToken
    expires_at_ms: int


class Resolver:
    """web.identity.IdentityResolver."""

    def __init__(
        self,
        tokens: TokenService,
        logins: LoginService,
        api_keys: ApiKeyService,
        access_tokens: AccessTokens,
        clock: Clock,
        guest_key: bytes,
        *,
        demo: bool,
    ) -> None:
        self._tokens = tokens
        self._logins = logins
        self._api_keys = api_keys
        self._access_tokens = access_tokens
        self._clock = clock
        self._guest_key = guest_key
        self._demo = demo
        self._chosen_id = DEMO_CHOSEN_ID if demo else CHOSEN_ID
        self._guests: dict[Presented, Caller] = {}
        self._known_tokens: Recent[LoginToken | None] = Recent(clock)
        self._known_access: Recent[_Access | None] = Recent(clock)
        self._known_programs: Recent[Caller | None] = Recent(clock)

    async def resolve(self, presented: Presented) -> Caller:
        known = self._guests.get(presented)
        return known if known is not None else await self._resolve(presented)

    async def _resolve(self, presented: Presented) -> Caller:
        session, bearer, address, api_key = presented
        if api_key is not None:
            return await self._by_api_key(api_key, address)
        token = session if session is not None and self._is_token(session) else None
        grants = await self._grants(token, bearer)
        guest_id: GuestId | None = None
        if session is not None and token is None:
            guest_id = self._guest_id(session)
        elif grants:  # the same owner of items, however the token came
            guest_id = self._public_id(f"token:{grants[0].token_id}")
        is_admin = any(grant.role == "admin" for grant in grants)
        caller = Caller(guest_id, address, grants, program=ADMIN if is_admin else NO_PROGRAM)
        return caller if grants else self._remember(presented, caller)

    async def _grants(self, token: str | None, bearer: str | None) -> tuple[Grant, ...]:
        by_token = (await self._by_token(token),) if token is not None else ()
        by_bearer = (await self._by_bearer(bearer),) if bearer is not None else ()
        return by_token + by_bearer

    def _remember(self, presented: Presented, guest: Caller) -> Caller:
        if len(self._guests) >= _MOST_GUESTS:
            self._guests.clear()
        self._guests[presented] = guest
        return guest

    def new_guest(self, address: str) -> Caller:
        session = f"g{secrets.token_hex(20)}"
        return Caller(self._guest_id(session), address, (), session)

    def forget(self) -> None:
        """Some token or key was revoked or some login ended."""
        self._known_tokens.forget()
        self._known_access.forget()
        self._known_programs.forget()

    def _is_token(self, value: str) -> bool:
        return value.startswith(PREFIX) or (self._demo and value == DEMO_ADMIN)

    async def _by_token(self, value: str) -> Grant:
        token = await self._known_tokens.get(value, self._tokens.find)
        if token is None or not token.is_live(self._clock.now_ms()):
            raise BadCredential
        if token.max_uses is not None:  # or its uses would not be counted
            raise CountedToken(max_uses=token.max_uses)
        return token.grant

    async def _by_bearer(self, value: str) -> Grant:
        if self._is_token(value):
            return await self._by_token(value)
        access = await self._known_access.get(value, self._read_access)
        now = self._clock.now_ms()
        if access is None or not access.token.is_live(now):
            raise BadCredential
        if now >= access.expires_at_ms:
            raise LoginExpired
        return access.token.grant

    async def _by_api_key(self, value: str, address: str) -> Caller:
        known = await self._known_programs.get(value, self._read_api_key)
        if known is None:
            raise BadApiKey
        return Caller(known.guest_id, address, known.grants, program=known.program)

    async def _read_api_key(self, value: str) -> Caller | None:
        """Wherever it calls from."""
        program = await self._api_keys.find(value)
        if program is None:
            return None
        grant = Grant("program", None, program.key_id)
        return Caller(self._public_id(f"key:{program.key_id}"), "", (grant,), program=program)

    async def _read_access(self, value: str) -> _Access | None:
        claims = self._access_tokens.read(value)
        if await self._logins.live(claims.login_id) is None:
            return None
        token = await self._tokens.by_id(claims.token_id)
        return _Access(token, claims.expires_at_ms) if token else None

    def _guest_id(self, session: str) -> GuestId:
        if not self._chosen_id.fullmatch(session):
            raise WeakSessionId
        return self._public_id(session)

    def _public_id(self, text: str) -> GuestId:
        digest = hashlib.blake2b(text.encode(), digest_size=10, key=self._guest_key).digest()
        return GuestId(base64.b32encode(digest).decode().lower())
