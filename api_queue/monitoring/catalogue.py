"""The figures by name: the one place where their public names and sentences stand. `docs/operating.md` has them too."""

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple


class Metric(NamedTuple):
    kind: Literal["counter", "gauge", "histogram"]
    sentence: str


CATALOGUE: Final[Mapping[str, Metric]] = {
    "requests_total": Metric("counter", "Requests that were answered, by method, route and status."),
    "request_seconds": Metric("histogram", "Seconds until the answer began, by method and route."),
    "refusals_total": Metric("counter", "Answers that refuse, by the code of the error (docs/errors.md)."),
    "requests_in_hand": Metric("gauge", "Requests that a worker has not answered yet."),
    "connections_refused_total": Metric("counter", "Connections that were turned away: too many, or no files left."),
    "sse_clients": Metric("gauge", "Who listens to server-sent events."),
    "sse_slow_clients": Metric("gauge", "Those of them who do not take what is sent."),
    "redis_seconds": Metric("histogram", "Seconds until Redis had answered a command or a script."),
    "sql_connections": Metric("gauge", "Connections to the database, by state: in_use or idle."),
    "relay_waiting_seconds": Metric("gauge", "Age of the oldest change that MQTT has not been told of; 0: none waits."),
    "relay_seconds": Metric("histogram", "Seconds from a change until the broker had it."),
    "broker_connected": Metric("gauge", "1: the relay is connected to the broker."),
    "leads": Metric("gauge", "1: this process does the work that one of all does, by role."),
    "site_requests_total": Metric("counter", "Requests to the site of tracklists, by outcome: ok, failed, blocked."),
    "site_open_seconds": Metric("gauge", "Seconds for which the site of tracklists is left alone; 0: it is not."),
    "cache_hits_total": Metric("counter", "Pages and searches of that site that were kept already."),
    "cache_misses_total": Metric("counter", "Those that had to be asked for."),
    "queues": Metric("gauge", "Queues by kind: named, transient, demo, personal."),
    "waiting_items": Metric("gauge", "Items that wait, by queue; `others` are all that have no figure of their own."),
    "tasks": Metric("gauge", "Tasks in the background by status."),
    "process_since_seconds": Metric("gauge", "When the process began, in seconds since 1970."),
    "process_cpu_seconds_total": Metric("counter", "Seconds of processor time that it took."),
    "process_resident_memory_bytes": Metric("gauge", "Memory that it has; what several share counts for each."),
    "process_open_fds": Metric("gauge", "Files and connections that it has open."),
    "process_max_fds": Metric("gauge", "How many it may have."),
}
#: Before each name, so that ours are known among those of others. Names that all of them share stay as they are.
PREFIX: Final = "api_queue_"


def public_name(name: str) -> str:
    return name if name.startswith("process_") else PREFIX + name
