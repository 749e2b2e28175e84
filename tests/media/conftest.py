"""A library of one track, a queue whose speaker the test chooses, and a clock that it moves."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from api_queue.drivers.redis import Redis
from api_queue.errors import TrackNotFound
from api_queue.media.models import Lease, Turn
from api_queue.media.service import MediaService
from api_queue.media.store import RedisMediaStore
from api_queue.tracks.models import Part
from api_queue.types import DeviceId, GuestId, QueueName, Role, TrackId
from api_queue.web.identity import Caller, Grant

PARTY, TRACK, OTHER = QueueName("party"), TrackId("track1"), TrackId("track2")
KITCHEN = Turn(PARTY, DeviceId("kitchen"), 7)
KEY = b"k" * 32
TTL_S = 120
MakeCaller = Callable[[Role | None], Caller]


@dataclass
class MovedClock:
    time_ms: int = 1_700_000_000_000

    def now_ms(self) -> int:
        return self.time_ms

    def forward_s(self, seconds: float) -> None:
        self.time_ms += int(seconds * 1000)


@dataclass
class Leases:
    """What playback knows: the one lease of the party."""

    clock: MovedClock
    current: Lease | None = None

    async def lease(self, queue: QueueName) -> Lease | None:
        return self.current if queue == PARTY else None

    def beat(self, turn: Turn = KITCHEN) -> None:
        self.current = Lease(turn.device_id, turn.generation, self.clock.now_ms() + 15_000)


@dataclass
class Devices:
    """Who acts by a token of their own: the kitchen speaker, and one on the balcony."""

    by_token: dict[str, tuple[QueueName, DeviceId]] = field(
        default_factory=lambda: {
            "token-of-speaker": (PARTY, KITCHEN.device_id),
            "token-of-spare": (PARTY, DeviceId("balcony")),
        }
    )

    async def itself(self, caller: Caller) -> tuple[QueueName, DeviceId] | None:
        return next((self.by_token[g.token_id] for g in caller.grants if g.token_id in self.by_token), None)


@dataclass
class Library:
    places: dict[TrackId, Path] = field(default_factory=dict)
    parts: dict[TrackId, Part] = field(default_factory=dict)

    async def path_of(self, track_id: TrackId) -> Path:
        if track_id not in self.places:
            raise TrackNotFound(track_id=track_id)
        return self.places[track_id]

    async def part_of(self, track_id: TrackId) -> Part | None:
        return self.parts.get(track_id)


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def leases(clock: MovedClock) -> Leases:
    leases = Leases(clock)
    leases.beat()
    return leases


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library({name: _music(tmp_path / f"{name}.flac") for name in (TRACK, OTHER)})


def _music(path: Path) -> Path:
    path.write_bytes(path.name.encode() * 100)
    return path


@pytest.fixture
def service(redis: Redis, library: Library, leases: Leases, clock: MovedClock) -> MediaService:
    return MediaService(KEY, TTL_S, library, leases, Devices(), RedisMediaStore(redis), clock)


def caller(role: Role | None, queue: QueueName | None = PARTY) -> Caller:
    """With a login of `role` on `queue`; None: a guest."""
    grants = (Grant(role, queue, f"token-of-{role}"),) if role else ()
    return Caller(GuestId("g1"), "127.0.0.1", grants)


SPEAKER = caller("speaker")
ADMIN = caller("admin", None)
