"""May this device sound now? Pure; `now_ms` is by a clock of this machine that nobody can set."""

from dataclasses import dataclass
from typing import Final

from api_queue.clients.speaker.wire import Beat, Session
from api_queue.types import DeviceId


@dataclass(frozen=True, slots=True)
class Lease:
    """`sole`: the only allowed device, which plays on without the server."""

    generation: int
    until_ms: float
    sole: bool = False

    def lives(self, now_ms: float) -> bool:
        return self.sole or now_ms < self.until_ms


#: A spare's.
NONE: Final = Lease(0, 0)


def granted(answer: Beat, named: int | None, sent_ms: float) -> Lease:
    """What a heartbeat that named `named` brought. It counts from the sending, so the server's own ends later."""
    if not answer.active or named != answer.generation:
        return NONE
    return Lease(named, sent_ms + answer.lease_ms, answer.sole)


def seat(session: Session, device: DeviceId) -> int | None:
    """The generation under which this device is the speaker, as far as the session tells."""
    return session.generation if session.active_device_id == device else None


def lost(lease: Lease, session: Session, device: DeviceId) -> bool:
    """Somebody else was made the speaker since. A session without a speaker takes nothing away."""
    if session.generation != lease.generation:
        return session.generation > lease.generation
    return session.active_device_id not in {None, device}


def may_sound(lease: Lease, session: Session, device: DeviceId, now_ms: float, server_now_ms: float) -> bool:
    """Not while the speaker before may still be heard."""
    quiet = session.quiet_until_ms is not None and server_now_ms < session.quiet_until_ms
    return lease.lives(now_ms) and not lost(lease, session, device) and not quiet
