"""Who the one speaker is, as pure functions: a session and the time in, the session afterwards out.

A device counts its lease from before the server does, so it is silent when the server's lease ends. Whoever may still
sound is in `yielding`, and the next one waits for it: docs/decisions/0014-one-speaker.md.
"""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from api_queue.queues.models import Queue
from api_queue.queues.session import Candidate, LastReport, Session, Yielding
from api_queue.types import DeviceId

#: A session that nothing has changed for so long begins its track anew after a restart.
STALE_MS: Final = 24 * 3_600_000
#: Who takes over has nothing of the track yet: on a busy machine it takes 1.4 s from the news to the sound.
HEIR_LEAD_MS: Final = 1_500
#: Whose word ends no wait.
_NOBODY: Final = DeviceId("")


def claimed(session: Session, device: Candidate, now_ms: int, lease_ms: int) -> Session:
    """The device becomes the speaker, under a new generation."""
    return replace(
        session,
        speaker=device.device_id,
        speaker_name=device.name,
        generation=session.generation + 1,
        lease_until_ms=now_ms + lease_ms,
        lease_since_ms=now_ms,
        yielding=tuple(y for y in _sounding(session, now_ms) if y.device_id != device.device_id),
    )


def chosen(session: Session, device: Candidate, now_ms: int, lease_ms: int) -> Session:
    """The device becomes the speaker; what was paused for want of one goes on."""
    if session.paused_because == "speaker_lost":
        return _taken_over(session, device, session.position_ms, now_ms, lease_ms)
    return claimed(session, device, now_ms, lease_ms)


def vacated(session: Session, now_ms: int) -> Session:
    """Without a speaker. Generation + 1: what the one before still holds is dead."""
    return replace(
        session,
        speaker=None,
        speaker_name=None,
        generation=session.generation + 1,
        lease_until_ms=0,
        yielding=_sounding(session, now_ms),
    )


def _sounding(session: Session, now_ms: int) -> tuple[Yielding, ...]:
    """Who may sound at this moment, and until when."""
    before = tuple(y for y in session.yielding if y.until_ms > now_ms)
    if session.speaker is None or not session.has_speaker(now_ms):
        return before
    return (*before, Yielding(session.speaker, session.lease_until_ms))


def silent(queue: Queue, device: DeviceId, now_ms: int) -> Session:
    """The device says that it makes no sound. A speaker that had begun under this generation lets go of it so;
    one that has not may just not have heard yet that it was chosen.
    """
    session, report = queue.session, queue.report
    session = replace(session, yielding=tuple(y for y in session.yielding if y.device_id != device))
    begun = report is not None and report.generation == session.generation
    if session.speaker == device and begun and session.has_speaker(now_ms):
        return replace(session, lease_until_ms=0)
    return session


def attended(queue: Queue, candidates: Sequence[Candidate], now_ms: int, lease_ms: int) -> Session:
    """What becomes of a session that plays when nobody holds its lease: the next device takes over, or it is paused.

    A speaker that was told that it is the only one may play on unheard of, so nobody follows it by itself.
    """
    session, report = queue.session, queue.report
    if session.state != "playing" or session.has_speaker(now_ms):
        return session
    heir = next((c for c in candidates if c.connected and c.device_id != session.speaker), None)
    if session.speaker is None:
        return claimed(session, heir, now_ms, lease_ms) if heir else session
    at_ms = heard_ms(session, report, now_ms)
    if heir is None or (report is not None and report.sole and report.generation == session.generation):
        return _lost(session, at_ms, now_ms)
    return _taken_over(session, heir, at_ms, now_ms, lease_ms)


def heard_ms(session: Session, report: LastReport | None, now_ms: int) -> int:
    """The last position that was reported, so that no music after it is missed; before the first: where it began."""
    known = report is not None and report.item_id == session.item_id and report.at_ms >= session.position_at_ms
    if report is None or report.position_ms is None or not known:
        return min(session.projected_ms(now_ms), max(0, session.position_ms))
    return max(min(0, session.position_ms), min(report.position_ms, session.duration_ms))


def _taken_over(session: Session, heir: Candidate, at_ms: int, now_ms: int, lease_ms: int) -> Session:
    """All hear of it before it sounds, so that the new speaker begins exactly there; also if the lost one, started
    again, says meanwhile that it is silent.
    """
    lead = Yielding(_NOBODY, now_ms + HEIR_LEAD_MS)
    after = claimed(session, heir, now_ms, lease_ms)
    return replace(
        after,
        state="playing",
        paused_because=None,
        position_ms=at_ms - HEIR_LEAD_MS,
        position_at_ms=now_ms,
        yielding=(*after.yielding, lead),
    )


def _lost(session: Session, at_ms: int, now_ms: int) -> Session:
    return replace(
        session,
        state="paused",
        paused_because="speaker_lost",
        position_ms=at_ms,
        position_at_ms=now_ms,
        lease_until_ms=0,
    )


def renewed(session: Session, now_ms: int, lease_ms: int) -> Session:
    """After a gap."""
    return replace(session, lease_until_ms=now_ms + lease_ms, lease_since_ms=now_ms)


def regained(queue: Queue, now_ms: int, lease_ms: int) -> Session:
    """The lost speaker is back with its generation: what was paused for want of it goes on where it says it is."""
    session, report = queue.session, queue.report
    back = renewed(session, now_ms, lease_ms)
    if session.paused_because != "speaker_lost":
        return back
    at_ms = heard_ms(session, report, now_ms)
    return replace(back, state="playing", paused_because=None, position_ms=at_ms, position_at_ms=now_ms)


def after_restart(queue: Queue, now_ms: int, lease_ms: int) -> Session:
    """A speaker is waited for; what nobody played is paused; what is old begins anew."""
    session = queue.session
    if session.state == "playing" and session.position_at_ms > now_ms + lease_ms:
        return _paused_by_restart(session, max(0, session.position_ms), now_ms)  # this machine's clock is behind
    if session.item_id and now_ms - queue.changed_at_ms >= STALE_MS:
        return _paused_by_restart(session, 0, now_ms)
    if session.state != "playing":
        return session
    if session.active is None:
        return _paused_by_restart(session, session.projected_ms(now_ms), now_ms)
    since_ms = session.lease_since_ms if session.has_speaker(now_ms) else now_ms
    session = replace(session, lease_until_ms=now_ms + lease_ms, lease_since_ms=since_ms)
    if session.projected_ms(now_ms) < session.duration_ms:
        return session
    # It ended while nobody could be told: its speaker has the conductor's grace from now on to say when.
    return replace(session, position_ms=session.duration_ms, position_at_ms=now_ms)


def after_restore(queue: Queue, taken_at_ms: int, now_ms: int) -> Session:
    """Of a backup that was taken then: what played is paused where it was."""
    if queue.session.state != "playing":
        return queue.session
    return _paused_by_restart(queue.session, queue.session.projected_ms(taken_at_ms), now_ms)


def _paused_by_restart(session: Session, position_ms: int, now_ms: int) -> Session:
    return replace(
        vacated(session, now_ms),
        state="paused",
        paused_because="restart" if session.state == "playing" else session.paused_because,
        position_ms=position_ms,
        position_at_ms=now_ms,
    )
