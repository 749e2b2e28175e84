"""What monitoring says, as JSON."""

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from api_queue import __version__
from api_queue.accounts.models import AuditLine
from api_queue.formats.iso_times import iso
from api_queue.monitoring.health import Finding, worst
from api_queue.monitoring.models import Snapshot
from api_queue.monitoring.stats import Stats
from api_queue.tracklists.fetching import Counts
from api_queue.tracklists.site_upkeep import SiteState

_RESIDENT: Final = "process_resident_memory_bytes"


class AuditQuery(msgspec.Struct, frozen=True):
    """Newest first; `queue`: only what was done to it."""

    limit: Annotated[int, Meta(ge=1, le=200)] = 50
    offset: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    queue: Annotated[str, Meta(max_length=64)] | None = None


def health_json(findings: Mapping[str, Finding]) -> dict[str, Any]:
    said = {"status": worst(findings), "service": "api_queue", "version": __version__}
    return said | {"components": msgspec.to_builtins(findings)}


def stats_json(stats: Stats, now_ms: int) -> dict[str, Any]:
    return {
        "queues": {"total": sum(stats.queues.values()), "by_kind": dict(stats.queues)},
        "items": {"waiting": stats.waiting, "played_in_24_h": stats.plays},
        "guests": stats.guests,
        "tracks": stats.tracks,
        "tasks": dict(stats.tasks),
        "messages": {
            "queues": stats.message_queues,
            "available": stats.messages.available,
            "in_flight": stats.messages.in_flight,
            "dead_letters": stats.messages.dead_letters,
        },
        "tracklists": {"stored": stats.tracklists},
        "cache": _cache(stats.cache),
        "site": _site(stats.site),
        "processes": [_process(each, now_ms) for each in stats.snapshots],
        "versions": {"api_queue": __version__, "python": platform.python_version(), "sanic": version("sanic")},
    }


def audit_json(total: int, lines: Sequence[AuditLine]) -> dict[str, Any]:
    return {"total": total, "lines": [_audit_line(line) for line in lines]}


def _audit_line(line: AuditLine) -> dict[str, Any]:
    return {
        "at": iso(line.at_ms),
        "who": line.token_id or None,
        "action": line.action,
        "queue": line.queue,
        "facts": msgspec.json.decode(line.detail),
    }


def _process(snapshot: Snapshot, now_ms: int) -> dict[str, Any]:
    return {
        "host": snapshot.host,
        "process": snapshot.process,
        "pid": snapshot.pid,
        "up_s": (now_ms - snapshot.since_ms) // 1000,
        "memory_bytes": snapshot.value(_RESIDENT),
    }


def _cache(counts: Counts) -> dict[str, Any]:
    asked = counts.hits + counts.misses
    return {
        "tracklists": counts.tracklists,
        "searches": counts.searches,
        "failed_searches": counts.failed_searches,
        "hits": counts.hits,
        "misses": counts.misses,
        "hit_rate": round(counts.hits / asked, 3) if asked else None,
    }


def _site(state: SiteState) -> dict[str, Any]:
    breaker = state.breaker
    return {
        "base_url": state.base,
        "breaker": breaker.state,
        "reason": breaker.reason or None,
        "blocked": breaker.blocked,
        "retry_after": -(-breaker.open_ms // 1000) or None,
        "failures": breaker.failures,
        "waiting": breaker.waiting,
        "crawl_delay_s": state.crawl_delay_s,
        "pause_s": state.gap_s,
    }
