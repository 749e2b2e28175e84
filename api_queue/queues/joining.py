"""The join code of a queue, the tables that guests sit at, and the address that leads both to a phone."""

import hmac
import secrets
from collections.abc import Mapping
from typing import Final, Literal, Protocol
from urllib.parse import urlencode

from msgspec import Struct

from api_queue.errors import BadTableName
from api_queue.formats import crockford
from api_queue.queues.models import HELPERS
from api_queue.queues.names import shown_name
from api_queue.types import GuestId, QueueName, Role

#: A night, from the first look at the code to the morning after.
CODE_TTL_MS: Final = 24 * 3_600_000
#: Characters of five bits each: short enough to be typed off a screen, and ten guesses a minute do not find one.
_LENGTH: Final = 6
_LONGEST_TABLE: Final = 32
#: Who shows guests the code.
SHOWS: Final[frozenset[Role]] = HELPERS | {"screen"}


class JoinCode(Struct, frozen=True):
    """`as_text` and `from_text` are its stored form."""

    code: str
    expires_at_ms: int

    @classmethod
    def new(cls, now_ms: int) -> "JoinCode":
        return cls(crockford.encode(secrets.randbits(5 * _LENGTH), _LENGTH), now_ms + CODE_TTL_MS)

    def is_it(self, typed: str, now_ms: int) -> bool:
        """In either case, with spaces and dashes wherever a hand or a phone puts them. In constant time."""
        given = "".join(letter for letter in typed if letter.isalnum())
        try:
            read = crockford.encode(crockford.decode(given), _LENGTH) if len(given) == _LENGTH else ""
        except ValueError:
            return False
        return hmac.compare_digest(read, self.code) and now_ms < self.expires_at_ms

    def as_text(self) -> str:
        return f"{self.code}|{self.expires_at_ms}"

    @classmethod
    def from_text(cls, text: str) -> "JoinCode":
        code, _, expires_at_ms = text.partition("|")
        return cls(code, int(expires_at_ms))


class Joining(Struct, frozen=True):
    """What who lets guests in sees: whether they need the code, the code, and how many sit at each table."""

    queue: QueueName
    join: Literal["open", "code"]
    code: JoinCode
    tables: Mapping[str, int]

    @property
    def code_in_link(self) -> JoinCode | None:
        """What the link of the QR code carries; where nobody needs a code, the link shall not end with one."""
        return self.code if self.join == "code" else None


class Seat(Struct, frozen=True):
    """Where somebody asks to sit: '' is no table, None wherever they do already. `admitted`: may come in as new;
    `guest`: the end of the party concerns them.
    """

    guest_id: GuestId
    guest: bool
    table: str | None
    admitted: bool


class NotSeated(Struct, frozen=True):
    """Why a guest could not sit down: one of the words in the header of join.lua, with its fact."""

    why: Literal["ended", "code", "waits"]
    fact: str = ""


class JoinStore(Protocol):
    async def code(self, name: QueueName, new: JoinCode, now_ms: int, *, anew: bool) -> JoinCode:
        """The code that is good now: `new` where there was none any more, or `anew`. Raises UnknownQueue."""

    async def known_code(self, name: QueueName) -> JoinCode | None:
        """The one that was made last."""

    async def join(self, name: QueueName, seat: Seat) -> str | NotSeated:
        """The guest's table. Raises UnknownQueue."""

    async def tables(self, name: QueueName) -> Mapping[str, int]:
        """How many guests sit at each."""


def table_name(text: str) -> str:
    """As a performer's name, of 1 to 32 code points; '' is no table."""
    return shown_name(text, BadTableName, "say which table", _LONGEST_TABLE) if text.strip() else ""


def join_address(base: str, name: QueueName, code: JoinCode | None = None, table: str = "") -> str:
    """What only the guest's page shall know stands in the fragment, which no browser sends."""
    facts = {"join": code.code if code else "", "table": table}
    fragment = urlencode({key: value for key, value in facts.items() if value})
    return f"{base}/queue/{name}/{'#' if fragment else ''}{fragment}"
