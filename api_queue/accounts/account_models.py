"""Accounts of members: a name and a password for a login token that nobody knows the value of."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from api_queue.accounts.models import LoginToken
from api_queue.errors import BadNewPassword, BadUsername
from api_queue.types import GuestId, QueueName
from api_queue.web.personal import personal_queue, user_id

_NAME: Final = (3, 32)
#: As NIST SP 800-63B has it: long ones are welcome, and nobody is told what characters to use.
_PASSWORD: Final = (8, 1024)


@dataclass(frozen=True, slots=True)
class Account:
    token_id: str  #: Of its login token, of the role member: who revokes that locks the account.
    username: str  #: As its owner writes it.
    password_hash: str
    created_at_ms: int

    @property
    def user_id(self) -> str:
        return user_id(self.queue)

    @property
    def queue(self) -> QueueName:
        return personal_queue(self.token_id)


def new_username(text: str) -> str:
    """NFC, trimmed; 3 to 32 characters that can be seen, and spaces between them. Raises BadUsername."""
    name = unicodedata.normalize("NFC", text).strip()
    if not _NAME[0] <= len(name) <= _NAME[1]:
        raise BadUsername(reason=f"is {_NAME[0]} to {_NAME[1]} characters long")
    if not name.isprintable():
        raise BadUsername(reason="has only characters that can be seen")
    return name


def username_key(username: str) -> str:
    """Under which two spellings are one name: case and width do not matter."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", username).casefold()).strip()


def new_password(text: str, username: str) -> str:
    """Normalised; 8 to 1024 characters, and not the name beside it. Raises BadNewPassword."""
    password = normal_password(text)
    if not _PASSWORD[0] <= len(password) <= _PASSWORD[1]:
        raise BadNewPassword(reason=f"is {_PASSWORD[0]} to {_PASSWORD[1]} characters long")
    if username_key(password) == username_key(username):
        raise BadNewPassword(reason="is not the name that stands beside it")
    return password


def normal_password(text: str) -> str:
    """However a keyboard writes its characters. What is no Unicode is cut off, as no keyboard writes it."""
    return unicodedata.normalize("NFKC", text).encode(errors="ignore").decode()


class AccountStore(Protocol):
    async def add(self, account: Account, key: str, token: LoginToken) -> bool:
        """Both, or (False) neither: somebody has a name with this key."""

    async def by_key(self, key: str) -> Account | None: ...
    async def by_token(self, token_id: str) -> Account | None: ...
    async def accounts(self) -> Sequence[Account]:
        """By their names."""

    async def set_password(self, token_id: str, password_hash: str) -> None: ...
    async def remove(self, token_id: str) -> None: ...


class PersonalQueues(Protocol):
    """What accounts need of queues."""

    async def delete(self, name: QueueName) -> None:
        """With everything on it; there may be none."""


class MembersLikes(Protocol):
    """What accounts need of likes."""

    async def forget(self, guest_id: GuestId) -> None:
        """All that somebody likes."""
