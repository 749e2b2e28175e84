"""All that `check` looks at, in the order in which it is told."""

from collections.abc import Sequence

from api_queue.keeping import databases
from api_queue.keeping.data_files import messages_folder
from api_queue.keeping.file_check import FileCheck, MachineCheck
from api_queue.keeping.findings import Check
from api_queue.keeping.found import Found
from api_queue.keeping.message_check import JsonMessageCheck, RedisMessageCheck
from api_queue.keeping.queue_check import QueueCheck
from api_queue.keeping.retained_check import RetainedCheck
from api_queue.keeping.sql_check import RowCheck, SqliteCheck, TaskCheck
from api_queue.parts import Parts
from api_queue.queues.sources import QueueSources


def checks(parts: Parts, found: Found, mqtt_url: str | None) -> Sequence[Check]:
    """`mqtt_url`: of a broker that runs; None: there is none to ask."""
    settings, now_ms = parts.settings, parts.clock.now_ms()
    files = [databases.messages_file(settings)]
    if databases.dialect(settings) == "sqlite":
        files.insert(0, databases.sqlite_file(settings))
    source, republish_s = QueueSources(parts.queue_store, parts.clock), settings.mqtt_republish_s
    return [
        MachineCheck(settings.data, parts.redis, parts.clock),
        FileCheck(settings.data),
        *(SqliteCheck(file, found) for file in files),
        QueueCheck(parts.redis, parts.arrangements, found, now_ms),
        RowCheck(parts.engine, parts.redis, found),
        TaskCheck(parts.engine),
        RedisMessageCheck(parts.redis, found),
        JsonMessageCheck(messages_folder(settings)),
        *([RetainedCheck(source, mqtt_url, settings.mqtt_prefix, republish_s)] if mqtt_url else []),
    ]
