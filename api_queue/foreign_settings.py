"""Settings under the names that PyQueue Server's README gives them: each is honoured, ignored or refused."""

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
}
#: Name -> what to use instead.
IGNORED: Final = {
    "DEBUG": "LOG_LEVEL=debug writes more to the log, and there is no other debug mode.",
    "QUEUE_DATA_DIR": "API_QUEUE_DATA is the folder of all data, JSON_STORAGE_DIR that of messages in JSON.",
}
#: Name -> the only value that is not refused.
FIXED: Final = {"API_V1_PREFIX": "/api/v1"}


def honoured(variables: Mapping[str, str], source: str) -> dict[str, str]:
    """By our keys. Raises StartRefused, for what clients would not find where it says."""
    for name, only in FIXED.items():
        if variables.get(name, only).rstrip("/") != only:
            raise StartRefused(reason=f"{name} in {source} can only be {only}: a proxy may serve another address.")
    return {key: variables[name] for name, key in HONOURED.items() if name in variables}


def ignored(variables: Mapping[str, str], source: str) -> Iterator[str]:
    """A sentence for each."""
    return (f"{name} in {source} is ignored: {instead}" for name, instead in IGNORED.items() if name in variables)
