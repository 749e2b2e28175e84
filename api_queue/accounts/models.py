"""Login tokens, logins that refresh, one-time codes and audit lines: what they are and when they are good."""

import base64
import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal, Protocol

from api_queue.errors import BadTokenRequest
from api_queue.types import QueueName, Role
from api_queue.web.identity import Grant

TokenRole = Literal["member", "helper", "host", "admin", "speaker", "screen"]
#: Roles that are for one queue; the others are for the server.
QUEUE_ROLES: Final[frozenset[Role]] = frozenset({"helper", "host", "speaker", "screen"})

PREFIX: Final = "aq_"
#: The demo profile's admin token, as the first curl lines say it. `serve` refuses a database that holds it.
DEMO_ADMIN: Final = "admin"
#: An id that a client chooses must be hard to guess for others; the demo profile takes any length (`session_id=test`).
CHOSEN_ID: Final = re.compile(r"[A-Za-z0-9_-]{16,128}")
DEMO_CHOSEN_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,128}")

CODE_TTL_MS: Final = 15 * 60_000

#: What may be asked of a token: ten years, a million uses, a line of label.
LONGEST_TTL_S: Final = 10 * 365 * 86_400
MOST_USES: Final = 10**6
LONGEST_LABEL: Final = 100
#: The last second that a calendar can write.
_LAST_MS: Final = 253_402_300_799_000


@dataclass(frozen=True, slots=True)
class LoginToken:
    """One login token. Its value is shown once, when it is made; only the SHA-256 of it is kept."""

    token_id: str  #: The head of the hash: names the token in lists, logs and JWTs, and gives nothing away.
    token_hash: str
    community: str
    role: TokenRole
    queue: QueueName | None  #: None: all of them.
    label: str
    created_at_ms: int
    expires_at_ms: int | None
    max_uses: int | None  #: How often it may be swapped at POST /auth; None: as often as one likes.
    uses: int
    revoked_at_ms: int | None
    last_used_at_ms: int | None

    def is_live(self, now_ms: int) -> bool:
        return self.revoked_at_ms is None and (self.expires_at_ms is None or now_ms < self.expires_at_ms)

    @property
    def grant(self) -> Grant:
        return Grant(self.role, self.queue, self.token_id)


@dataclass(frozen=True, slots=True)
class Login:
    """One login by JWT: the family of refresh tokens that follow each other, of which only the newest is good."""

    login_id: str
    token_id: str
    secret_hash: str
    expires_at_ms: int
    ended_at_ms: int | None

    def is_live(self, now_ms: int) -> bool:
        return self.ended_at_ms is None and now_ms < self.expires_at_ms


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who logged in or refreshed; `refresh` is shown this once."""

    token: LoginToken
    login_id: str
    refresh: str


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says, once its signature and its time were found good."""

    token_id: str
    login_id: str
    expires_at_ms: int


@dataclass(frozen=True, slots=True)
class AuditLine:
    """Who (by token id, never by name or address) did what, when."""

    at_ms: int
    token_id: str
    action: str
    queue: QueueName | None
    detail: str


def new_secret(prefix: str = "") -> str:
    """160 random bits in base32: 32 letters and digits, easy to read out."""
    return prefix + base64.b32encode(secrets.token_bytes(20)).decode().lower()


def hash_of(secret: str) -> str:
    """SHA-256 is enough for a secret of 160 random bits: there is nothing to guess.

    What was presented may be any bytes; a header's that are no UTF-8 come as surrogates.
    """
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()


def new_token(
    value: str,
    role: TokenRole,
    queue: QueueName | None,
    now_ms: int,
    *,
    label: str = "",
    community: str = "",
    ttl_s: int | None = None,
    max_uses: int | None = None,
) -> LoginToken:
    if (role in QUEUE_ROLES) is (queue is None):
        raise BadTokenRequest(role=role, reason="is for one queue: name it" if queue is None else "is for no queue")
    if ttl_s is not None and not 1 <= ttl_s <= LONGEST_TTL_S:
        raise BadTokenRequest(role=role, reason="lives for 1 second to ten years")
    if max_uses is not None and not 1 <= max_uses <= MOST_USES:
        raise BadTokenRequest(role=role, reason=f"can be used 1 to {MOST_USES} times")
    if len(label) > LONGEST_LABEL:
        raise BadTokenRequest(role=role, reason=f"has a label of at most {LONGEST_LABEL} characters")
    digest = hash_of(value)
    expires = None if ttl_s is None else now_ms + ttl_s * 1000
    return LoginToken(digest[:12], digest, community, role, queue, label, now_ms, expires, max_uses, 0, None, None)


def moment(time_ms: int) -> datetime:
    """For showing: what lies beyond the calendar is its last second."""
    return datetime.fromtimestamp(min(time_ms, _LAST_MS) / 1000, UTC)


class TokenStore(Protocol):
    async def add(self, token: LoginToken) -> None: ...
    async def by_hash(self, token_hash: str) -> LoginToken | None: ...
    async def by_id(self, token_id: str) -> LoginToken | None: ...
    async def tokens(self, queue: QueueName | None) -> Sequence[LoginToken]:
        """Newest first; None: those of the whole server."""

    async def revoke(self, token_id: str, now_ms: int) -> None: ...
    async def revoke_queue(self, queue: QueueName, now_ms: int, label: str | None = None) -> None: ...
    async def count_use(self, token_id: str, now_ms: int) -> bool:
        """One use more, unless all are used up."""

    async def touch(self, token_id: str, now_ms: int) -> None: ...
    async def add_code(self, code_hash: str, expires_at_ms: int) -> None:
        """Replaces those from before."""

    async def use_code(self, code_hash: str, now_ms: int) -> bool:
        """Whether it was good; it is not again."""


class LoginStore(Protocol):
    async def add_login(self, login: Login, now_ms: int) -> None: ...
    async def login(self, login_id: str) -> Login | None: ...
    async def renew_login(self, login_id: str, old_hash: str, new_hash: str, expires_at_ms: int) -> bool:
        """Whether `old_hash` was still the newest."""

    async def end_login(self, login_id: str, now_ms: int) -> bool:
        """Whether there was one to end."""

    async def end_logins(self, token_id: str, now_ms: int) -> bool:
        """All that were made with this login token."""


class AuditStore(Protocol):
    async def add_line(self, line: AuditLine) -> None: ...
    async def lines(self, limit: int, offset: int, queue: QueueName | None) -> tuple[int, Sequence[AuditLine]]:
        """How many there are, of this queue or in all, and some of them, newest first."""


class Revocations(Protocol):
    async def tell(self) -> None:
        """All workers forget what they knew of tokens."""


class AccessTokens(Protocol):
    def read(self, value: str) -> Claims:
        """Raises BadCredential, or LoginExpired for one that was good."""
