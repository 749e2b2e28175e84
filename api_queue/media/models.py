"""Who may hear what: the token in an address of the music, and when it is dead."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

import msgspec

from api_queue.errors import BadMediaToken, ForeignMediaToken
from api_queue.types import DeviceId, Milliseconds, QueueName, TrackId
from api_queue.web.identity import Caller

#: A token that was tried this often where it does not belong has left its device's hands.
MAX_BAD_USES: Final = 10


class Turn(msgspec.Struct, frozen=True, array_like=True):
    """A device's time as the speaker of a queue; the generation never comes back."""

    queue: QueueName
    device_id: DeviceId
    generation: int


class MediaToken(msgspec.Struct, frozen=True, array_like=True):
    """`who` is the public id of whoever minted it; no `turn`: an admin's own, which no heartbeat prolongs."""

    who: str
    track_id: TrackId
    expires_at_ms: int
    turn: Turn | None = None


class Part(Protocol):
    """Which ms of the recording `track_id` are to be heard."""

    @property
    def track_id(self) -> TrackId: ...
    @property
    def start_ms(self) -> Milliseconds: ...
    @property
    def end_ms(self) -> Milliseconds: ...


@dataclass(frozen=True, slots=True)
class Minted:
    """`text` is the credential: it goes to its caller and into no log. Of a part it opens the whole recording."""

    text: str
    token: MediaToken
    ttl_s: int
    part_of: Part | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """Who is the speaker now; `lease_until_ms` lies 15 s after the last heartbeat, `since_ms` after the last gap."""

    device_id: DeviceId
    generation: int
    lease_until_ms: int
    since_ms: int = 0

    def keeps(self, token: MediaToken, now_ms: int) -> bool:
        return self.since_ms < token.expires_at_ms and now_ms < self.lease_until_ms


class LeaseSource(Protocol):
    async def lease(self, queue: QueueName) -> Lease | None:
        """The lease, also when it has just run out; None when nobody is the speaker or there is no such queue."""


class DeviceSource(Protocol):
    async def itself(self, caller: Caller) -> tuple[QueueName, DeviceId] | None:
        """Which device calls, when it does so by a token of its own."""


class TrackSource(Protocol):
    async def path_of(self, track_id: TrackId) -> Path:
        """The file, links resolved, under one of the library's roots. Raises TrackNotFound, FileGone."""

    async def part_of(self, track_id: TrackId) -> Part | None:
        """None: it has a file of its own. Raises TrackNotFound."""


class PreviewPolicy(Protocol):
    async def previews_on(self, queue: QueueName) -> bool:
        """The queue's setting `preview`. Raises UnknownQueue."""


class Store(Protocol):
    async def bad_uses(self, token_id: str) -> int: ...
    async def count_bad_use(self, token_id: str) -> None: ...


def holds(lease: Lease | None, turn: Turn) -> bool:
    return lease is not None and (lease.device_id, lease.generation) == (turn.device_id, turn.generation)


def check_use(token: MediaToken, track_id: TrackId, lease: Lease | None, now_ms: int) -> None:
    """Raises ForeignMediaToken for another track or a turn that is over, BadMediaToken when its time is up.

    Heartbeats keep a token alive beyond its time, since a seek after ten minutes is a new request for a range; one that
    died in a gap between them stays dead.
    """
    if token.track_id != track_id or (token.turn and not holds(lease, token.turn)):
        raise ForeignMediaToken
    kept_alive = token.turn is not None and lease is not None and lease.keeps(token, now_ms)
    if now_ms >= token.expires_at_ms and not kept_alive:
        raise BadMediaToken
