"""Letting in a device that has no rights on a queue: it shows a code, the host sees the same code and says yes."""

import hmac
from collections.abc import Sequence
from typing import Final, Literal, Protocol, Self

from msgspec import Struct
from msgspec.structs import replace

from api_queue.accounts.models import hash_of, new_secret
from api_queue.drivers.clock import Clock
from api_queue.errors import ClaimOver, MissingRight, PairingRefused, PairingsFull, UnknownPairing
from api_queue.formats import crockford
from api_queue.playback.device_service import DeviceService
from api_queue.playback.devices import Kind, Registered, Wish
from api_queue.playback.registration import RegistrationService
from api_queue.queues.names import queue_name
from api_queue.types import DeviceId, QueueName
from api_queue.web.identity import Caller
from api_queue.web.rate_limits import Limiter

WAITS_MS: Final = 10 * 60_000
#: Of one queue at once.
MOST_WAITING: Final = 20
#: How often a device asks whether it was let in.
INTERVAL_S: Final = 3


class Pairing(Struct, frozen=True, kw_only=True):
    """A device that asks to be let in; `granted_by` is the login token of the host who did."""

    code: str
    claim_hash: str
    expires_at_ms: int
    name: str
    platform: str
    kind: Kind
    device_id: DeviceId | None
    state: Literal["waiting", "granted", "refused"] = "waiting"
    granted_by: str = ""

    @classmethod
    def of(cls, wish: Wish, secret: str, now_ms: int) -> Self:
        return cls(
            code=_code_of(secret),
            claim_hash=hash_of(secret),
            expires_at_ms=now_ms + WAITS_MS,
            name=wish.name,
            platform=wish.platform,
            kind=wish.kind,
            device_id=wish.device_id,
        )

    @property
    def wish(self) -> Wish:
        return Wish(name=self.name, device_id=self.device_id, platform=self.platform, kind=self.kind)


class Asked(Struct, frozen=True):
    """`claim` is the device's secret; None when it knows it already."""

    pairing: Pairing
    claim: str | None = None


class PairingStore(Protocol):
    async def ask(self, queue: QueueName, pairing: Pairing, now_ms: int) -> Literal["ok", "taken", "full"]: ...
    async def find(self, queue: QueueName, code: str) -> Pairing | None: ...
    async def pairings(self, queue: QueueName) -> Sequence[Pairing]: ...
    async def settle(self, queue: QueueName, before: Pairing, after: Pairing | None) -> bool:
        """None drops it; whether it was still `before`."""


class PairingService:
    def __init__(
        self,
        store: PairingStore,
        devices: DeviceService,
        registration: RegistrationService,
        limit: Limiter,
        clock: Clock,
    ) -> None:
        self._store = store
        self._devices = devices
        self._registration = registration
        self._limit = limit
        self._clock = clock

    # -- the device --------------------------------------------------------------------------------------------

    async def register(self, caller: Caller, queue: str | None, wish: Wish) -> Registered | Asked:
        """At once with rights on the queue, else the device has to wait for its host."""
        name = await self._devices.queue_meant(caller, queue)
        if await self._registration.may_register(caller, name, wish):
            return await self._registration.register(caller, name, wish)
        if wish.kind == "remote":  # a host who mistakes a name would give the whole queue away
            raise MissingRight(needs="the host of this queue")
        return await self._ask(caller, name, wish)

    async def _ask(self, caller: Caller, queue: QueueName, wish: Wish) -> Asked:
        await self._limit.check("pair", caller)
        now_ms = self._clock.now_ms()
        while True:
            secret = new_secret()
            pairing = Pairing.of(wish, secret, now_ms)
            answer = await self._store.ask(queue, pairing, now_ms)
            if answer == "full":
                raise PairingsFull(limit=MOST_WAITING, retry_after=60)
            if answer == "ok":
                return Asked(pairing, f"{queue}.{secret}")

    async def claim(self, caller: Caller, claim: str) -> Registered | Asked:
        """Raises ClaimOver, PairingRefused; Asked while the host has not decided."""
        queue, _, secret = claim.partition(".")
        pairing = await self._live(queue_name(queue), _code_of(secret))
        if pairing is None or not hmac.compare_digest(pairing.claim_hash, hash_of(secret)):
            await self._limit.check("login", caller)  # guessing counts as logging in
            raise ClaimOver
        if pairing.state == "refused":
            raise PairingRefused
        if pairing.state == "waiting":
            return Asked(pairing)
        if not await self._store.settle(QueueName(queue), pairing, None):
            raise ClaimOver
        return await self._registration.admit(QueueName(queue), pairing.wish, pairing.granted_by)

    # -- the host ----------------------------------------------------------------------------------------------

    async def waiting(self, queue: QueueName) -> list[Pairing]:
        """Who asked first comes first."""
        now_ms = self._clock.now_ms()
        pairings = await self._store.pairings(queue)
        waiting = [p for p in pairings if p.state == "waiting" and now_ms < p.expires_at_ms]
        return sorted(waiting, key=lambda p: p.expires_at_ms)

    async def let_in(self, queue: QueueName, code: str, caller: Caller) -> None:
        await self._decide(queue, code, "granted", caller.grants[0].token_id)

    async def refuse(self, queue: QueueName, code: str) -> None:
        await self._decide(queue, code, "refused")

    async def _decide(self, queue: QueueName, code: str, state: Literal["granted", "refused"], by: str = "") -> None:
        """A host may change their mind until the device has its token."""
        pairing = await self._live(queue, code.upper())
        if pairing is None:
            raise UnknownPairing(code=code)
        if not await self._store.settle(queue, pairing, replace(pairing, state=state, granted_by=by)):
            await self._decide(queue, code, state, by)

    async def _live(self, queue: QueueName, code: str) -> Pairing | None:
        pairing = await self._store.find(queue, code)
        return pairing if pairing and self._clock.now_ms() < pairing.expires_at_ms else None


def _code_of(secret: str) -> str:
    """Six letters and digits that give nothing away: they come from the hash of the secret."""
    return crockford.encode(int(hash_of(secret)[-8:], 16) >> 2, 6)
