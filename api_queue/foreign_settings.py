"""Settings under the names that the READMEs of PyQueue Server and of the Tracklist Service (`TRACKLIST_...`) give them:
each is honoured, ignored or refused.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from api_queue.errors import StartRefused

#: Name -> our key.
HONOURED: Final = {
    "HOST": "host",
    "PORT": "port",
    "LOG_LEVEL": "log_level",
    "STORAGE_BACKEND": "messages_storage",
    "JSON_STORAGE_DIR": "messages_json_folder",
    "SQLITE_DB_PATH": "messages_sqlite_file",
    "MAX_MESSAGE_SIZE": "messages_max_bytes",
    "DEFAULT_VISIBILITY_TIMEOUT": "messages_visibility_s",
    "MAX_RECEIVE_COUNT": "messages_receive_max",
    "PYQUEUE_API_KEYS_JSON": "api_keys_json",
    "TRACKLIST_API_HOST": "host",
    "TRACKLIST_API_PORT": "port",
    "TRACKLIST_API_WORKERS": "workers",
    "TRACKLIST_API_LOG_LEVEL": "log_level",
    "TRACKLIST_LOG_LEVEL": "log_level",
    "TRACKLIST_SCRAPING_BASE_URL": "tracklists_base_url",
    "TRACKLIST_SCRAPING_REQUEST_TIMEOUT": "tracklists_timeout_s",
    "TRACKLIST_SCRAPING_MAX_RETRIES": "tracklists_retries",
    "TRACKLIST_SCRAPING_RETRY_DELAY_BASE": "tracklists_retry_s",
    "TRACKLIST_SCRAPING_RATE_LIMIT_DELAY": "tracklists_delay_s",
    "TRACKLIST_SCRAPING_RESPECT_ROBOTS_TXT": "tracklists_robots",
    "TRACKLIST_CACHE_ENABLED": "tracklists_cache",
    "TRACKLIST_CACHE_SEARCH_TTL_HOURS": "tracklists_search_hours",
    "TRACKLIST_CACHE_FAILED_SEARCH_TTL_MINUTES": "tracklists_failed_minutes",
}
#: Theirs are true or false, ours on or off.
SWITCHES: Final = frozenset({"TRACKLIST_SCRAPING_RESPECT_ROBOTS_TXT", "TRACKLIST_CACHE_ENABLED"})
_ON_OFF: Final = {"true": "on", "1": "on", "yes": "on", "false": "off", "0": "off", "no": "off"}
_REDIS: Final = "API_QUEUE_REDIS_URL is the address of Redis, with its database and password."
_SQL: Final = "API_QUEUE_SQL_URL is the address of the database, with its user and password."
_MESSAGES: Final = "messages are part of this server: programs use its own queues, and no RabbitMQ."
#: Name -> what to use instead.
IGNORED: Final = {
    "DEBUG": "LOG_LEVEL=debug writes more to the log, and there is no other debug mode.",
    "QUEUE_DATA_DIR": "API_QUEUE_DATA is the folder of all data, JSON_STORAGE_DIR that of messages in JSON.",
    "TRACKLIST_API_RELOAD": "what is changed here counts from the next start on.",
    "TRACKLIST_API_DOCS_ENABLED": "the description of the API is always at /docs.",
    "TRACKLIST_SCRAPING_SESSION_TIMEOUT": "no session is kept with the site, and no cookie.",
    **{f"TRACKLIST_CACHE_REDIS_{part}": _REDIS for part in ("HOST", "PORT", "DB", "PASSWORD")},
    "TRACKLIST_CACHE_KEY_PREFIX": "it is always `tracklist:`.",
    "TRACKLIST_MQ_RABBITMQ_URL": _MESSAGES,
    "TRACKLIST_MQ_EXCHANGE_NAME": _MESSAGES,
    "TRACKLIST_MQ_SEARCH_QUEUE": "the queue of messages is always `tracklist_search_queue`.",
    "TRACKLIST_MQ_SEARCH_ROUTING_KEY": _MESSAGES,
    "TRACKLIST_MQ_RESULT_ROUTING_KEY": "the queue of messages is always `tracklist.result`.",
    "TRACKLIST_MQ_MAX_RETRIES": "API_QUEUE_MESSAGES_RECEIVE_MAX says how often a message is tried.",
    "TRACKLIST_MQ_BASE_DELAY_SECONDS": "API_QUEUE_MESSAGES_VISIBILITY_S says when a message is tried again.",
    "TRACKLIST_MQ_PREFETCH_COUNT": "one request after another is taken from the queue.",
    **{f"TRACKLIST_DATABASE_{part}": _SQL for part in ("HOST", "PORT", "NAME", "USER", "PASSWORD")},
    "TRACKLIST_METRICS_ENABLED": "figures are always at /metrics and /api/v1/admin/stats.",
    "TRACKLIST_HEALTH_CHECK_ENABLED": "/health always answers.",
    "TRACKLIST_DEBUG_MODE": "TRACKLIST_LOG_LEVEL=debug writes more to the log, and there is no other debug mode.",
}
#: Name -> the only value that is not refused.
FIXED: Final = {"API_V1_PREFIX": "/api/v1", "TRACKLIST_API_PREFIX": "/api/v1"}


def honoured(variables: Mapping[str, str], source: str) -> dict[str, str]:
    """By our keys. Raises StartRefused, for what clients would not find where it says."""
    for name, only in FIXED.items():
        if variables.get(name, only).rstrip("/") != only:
            raise StartRefused(reason=f"{name} in {source} can only be {only}: a proxy may serve another address.")
    return {key: _ours(name, variables[name]) for name, key in HONOURED.items() if name in variables}


def _ours(name: str, value: str) -> str:
    return _ON_OFF.get(value.lower(), value) if name in SWITCHES else value


def ignored(variables: Mapping[str, str], source: str) -> Iterator[str]:
    """A sentence for each."""
    return (f"{name} in {source} is ignored: {instead}" for name, instead in IGNORED.items() if name in variables)
