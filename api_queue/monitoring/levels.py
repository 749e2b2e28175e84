"""From what was measured to how it is: the bounds, and the sentences. Pure rules."""

from collections.abc import Sequence
from typing import Final

from api_queue.monitoring.health import Finding
from api_queue.monitoring.models import Snapshot
from api_queue.types import QueueName

SLOW_MS: Final = 100
#: Of the disk with the data folder.
LITTLE_BYTES, FULL_BYTES = 1 << 30, 100 << 20
#: Between our clock and that of Redis, whose time events have.
SKEW_MS, FAR_SKEW_MS = 1_000, 10_000
#: For how long a change may wait for the broker.
LATE_S, TOO_LATE_S = 5.0, 60.0
#: Since the server began: nobody can have been heard of sooner.
STARTING_MS: Final = 15_000
BACKUP_DAYS: Final = 7
_DAY_MS: Final = 86_400_000


def answers(took_ms: float) -> Finding:
    if took_ms > SLOW_MS:
        return Finding("warn", f"It answers after {took_ms:.0f} ms.", "Look what else this machine or its disk does.")
    return Finding("ok", f"It answers after {took_ms:.1f} ms.")


def away(detail: str) -> Finding:
    return Finding("bad", detail, "Look whether it runs and can be reached; the log of the server says why not.")


def disk(free_bytes: int, total_bytes: int, *, writable: bool) -> Finding:
    if not writable:
        todo = "Look what the kernel says of it (dmesg); save the data folder to another disk, and start from there."
        return Finding("bad", "The disk where the data is takes nothing any more.", todo)
    said = f"{free_bytes / (1 << 30):.1f} of {total_bytes / (1 << 30):.1f} GiB are free where the data is."
    todo = "Make room, or move the data folder to a larger disk."
    if free_bytes < FULL_BYTES:
        return Finding("bad", said, todo)
    return Finding("warn", said, todo) if free_bytes < LITTLE_BYTES else Finding("ok", said)


def clock(skew_ms: int) -> Finding:
    said = f"Ours is {abs(skew_ms)} ms {'before' if skew_ms > 0 else 'behind'} that of Redis."
    todo = "Let both machines take their time from the network (timedatectl set-ntp true)."
    if abs(skew_ms) >= FAR_SKEW_MS:
        return Finding("bad", said, todo)
    return Finding("warn", said, todo) if abs(skew_ms) >= SKEW_MS else Finding("ok", said)


def leader(role: str, snapshots: Sequence[Snapshot], up_ms: int) -> Finding:
    """Whether somebody does what one of all does."""
    leading = [each for each in snapshots if _leads(each, role)]
    if leading:
        spare = sum(each.process.partition("-")[0] == role for each in snapshots) - 1
        return Finding("ok", f"It works on {leading[0].host}" + (f"; {spare} more could take over." if spare else "."))
    if up_ms < STARTING_MS:
        return Finding("warn", "Nothing was heard of it yet; the server has just begun.")
    todo = f"Look at the log; `python -m api_queue {role}` starts another one."
    return Finding("bad", "Nothing was heard of it for 30 s.", todo)


def relay(snapshots: Sequence[Snapshot], up_ms: int) -> Finding:
    found = leader("relay", snapshots, up_ms)
    if found.status != "ok":
        return found
    lag_s = max(each.value("relay_waiting_seconds") or 0.0 for each in snapshots if _leads(each, "relay"))
    said = f"The oldest change that MQTT was not told of is {lag_s:.1f} s old."
    todo = "Look at the broker: what waits is published as soon as it takes it."
    if lag_s >= LATE_S:
        return Finding("bad" if lag_s >= TOO_LATE_S else "warn", said, todo)
    return Finding("ok", said if lag_s else found.detail)


def broker(snapshots: Sequence[Snapshot], up_ms: int) -> Finding:
    leading = [each for each in snapshots if _leads(each, "relay")]
    if any(each.value("broker_connected") for each in leading):
        return Finding("ok", "The relay is connected to it.")
    if not leading:
        return Finding("warn", "Without a relay nobody knows.", "See the relay.")
    if up_ms < STARTING_MS:
        return Finding("warn", "The relay is not connected to it yet; the server has just begun.")
    return Finding("bad", "The relay cannot reach it: screens on MQTT stand still.", "Look at the broker and mqtt_url.")


def workers(names: Sequence[str]) -> Finding:
    if not names:
        return Finding("warn", "No task is worked on.", "Start a worker: python -m api_queue work")
    return Finding("ok", "1 works on tasks." if len(names) == 1 else f"{len(names)} work on tasks.")


def speakers(there: int, silent: Sequence[QueueName]) -> Finding:
    """`silent`: queues that play without a speaker that sounds."""
    said = "1 device was heard of" if there == 1 else f"{there} devices were heard of"
    if silent:
        names = ", ".join(silent[:5])
        todo = "Look whether the speaker has power and network, or open the player's page."
        return Finding("warn", f"Nothing sounds where music is on: {names}; {said} lately.", todo)
    return Finding("ok", f"{said} lately.")


def site(state: str, reason: str, open_s: int) -> Finding:
    """Where tracklists are fetched from: nothing else depends on it."""
    if state != "open":
        return Finding("ok", "It is asked when it is needed.")
    return Finding("warn", f"It is left alone for {open_s} s more: {reason}.", "Nothing; it is asked again then.")


def backup(made_ms: int | None, now_ms: int) -> Finding:
    todo = "Make one: python -m api_queue backup DIR"
    if made_ms is None:
        return Finding("warn", "There is none.", todo)
    days = (now_ms - made_ms) / _DAY_MS
    said = f"The last one was made {days:.1f} days ago."
    return Finding("warn", said, todo) if days > BACKUP_DAYS else Finding("ok", said)


def _leads(snapshot: Snapshot, role: str) -> bool:
    return any(each.name == "leads" and each.labels.get("role") == role and each.value for each in snapshot.figures)
