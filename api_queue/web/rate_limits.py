"""How often a caller may do what: token buckets by caller and by address, for each class of routes.

Signed-in callers have several times as much where their login holds, and are guests elsewhere: who makes a queue of
their own is its host alone. `accounts/rate_limits.py` takes from the buckets; the add's are taken from by the queue's
own script, so that an add costs one round trip.
"""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final, Literal, NamedTuple, Protocol

from api_queue.settings import Settings
from api_queue.types import QueueName
from api_queue.web.identity import Caller, Grant

RateClass = Literal["add", "login", "join", "renew", "control", "mint", "pair", "create", "signup"]

_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 3_600_000


class Bucket(NamedTuple):
    """`field` of the class's hash; `capacity` tokens at most, one more every `per_ms`."""

    field: str
    capacity: int
    per_ms: int


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` within `window_ms`, at once or spread."""

    times: int
    window_ms: int = _MINUTE_MS

    def bucket(self, field: str, factor: int) -> Bucket:
        times = max(1, self.times * factor)
        return Bucket(field, times, -(-self.window_ms // times))


@dataclass(frozen=True, slots=True)
class Limits:
    """By caller, by address; None is no limit of that kind."""

    caller: Limit | None
    address: Limit | None


class Limiter(Protocol):
    async def check(self, klass: RateClass, caller: Caller, queue: QueueName | None = None) -> None:
        """Takes one token; raises RateLimited when there is none."""


class GuessLimiter(Protocol):
    async def guess(self, klass: RateClass, caller: Caller, queue: QueueName | None = None, *, right: bool) -> None:
        """As `check`, but a right guess takes none. Without one it is refused too, or guessing would go on."""


class RateLimits:
    """Which buckets a call takes from."""

    def __init__(self, settings: Settings) -> None:
        adds, address = Limit(settings.rate_adds_per_minute), Limit(settings.rate_address_per_minute)
        logins = Limit(settings.rate_logins_per_minute)
        self._factor = settings.rate_signed_in_factor
        self._limits: dict[RateClass, Limits] = {
            "add": Limits(adds, address),
            "login": Limits(None, logins),
            "join": Limits(logins, logins),
            "renew": Limits(None, address),  # nothing to guess there, and the hosts of a house share its address
            "control": Limits(Limit(settings.rate_control_per_minute), None),
            "mint": Limits(Limit(settings.rate_mints_per_minute), None),
            # its bucket lasts as long as a request waits, so that no address can keep all the others out
            "pair": Limits(None, Limit(settings.rate_pairings_per_10_minutes, 10 * _MINUTE_MS)),
            "create": Limits(None, Limit(settings.queues_guest_per_hour, _HOUR_MS)),
            "signup": Limits(None, Limit(settings.accounts_per_hour, _HOUR_MS)),
        }
        self._kept = lru_cache(4096)(self._buckets)  # the same guests come again

    def buckets(self, klass: RateClass, caller: Caller, queue: QueueName | None) -> tuple[Bucket, ...]:
        grant = next((grant for grant in caller.grants if grant.queue in {None, queue}), None)
        return self._kept(klass, _who(caller, grant), caller.address, self._factor if grant else 1)

    def _buckets(self, klass: RateClass, who: str, address: str, factor: int) -> tuple[Bucket, ...]:
        limits = self._limits[klass]
        pairs = ((limits.caller, who), (limits.address, f"a:{place(address)}"))
        return tuple(limit.bucket(field, factor) for limit, field in pairs if limit)


def _who(caller: Caller, grant: Grant | None) -> str:
    if grant:
        return f"t:{grant.token_id}"
    return f"g:{caller.guest_id}" if caller.guest_id else f"a:{place(caller.address)}"


@lru_cache(4096)
def place(address: str) -> str:
    """An IPv6 household owns a whole /64 and may take a new address for each request."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(parsed.ipv4_mapped or ip_network((parsed, 64), strict=False))
