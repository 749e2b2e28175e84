"""API keys that the operator wrote down: a JSON file, and the same form in a setting.

    {"KEY": {"description": "the lamps", "queues": {"orders": ["READ", "DELETE"]}}}

They are read when the server starts. No sentence of ours repeats anything that stands there.
"""

import re
from pathlib import Path
from typing import Final

import msgspec

from api_queue.accounts.api_keys import program_of, queue_rights
from api_queue.accounts.models import hash_of
from api_queue.errors import BadKeyRequest, StartRefused
from api_queue.settings import Settings
from api_queue.web.programs import Program

#: Where PyQueue has it; used where it is there and no other is named.
_USUAL_FILE: Final = Path("config/api_keys.json")
#: What a header can carry, and every client sends as it is.
_KEY: Final = re.compile(r"[!-~]{1,256}")


class _Entry(msgspec.Struct):
    queues: dict[str, list[str]]
    description: str = ""


_ENTRIES: Final = msgspec.json.Decoder(dict[str, _Entry])


def configured_keys(settings: Settings) -> dict[str, Program]:
    """By the SHA-256 of each key; the setting wins over the file. Raises StartRefused."""
    file = settings.api_keys_file or (_USUAL_FILE if _USUAL_FILE.exists() else None)
    by_file = _programs(_text_of(Path(file)), str(file)) if file else {}
    by_setting = _programs(settings.api_keys_json, "the setting api_keys_json") if settings.api_keys_json else {}
    return by_file | by_setting


def _text_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise _unreadable(str(file), error.strerror or "the system does not say why") from None


def _programs(text: bytes | str, source: str) -> dict[str, Program]:
    try:
        entries = _ENTRIES.decode(text)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise _unreadable(source, str(error)) from None
    numbered = enumerate(entries.items(), 1)
    return {hash_of(key): _program(key, entry, source, number) for number, (key, entry) in numbered}


def _program(key: str, entry: _Entry, source: str, number: int) -> Program:
    if not _KEY.fullmatch(key):
        raise _unreadable(source, f"key {number} is not 1 to 256 letters, digits and signs of ASCII")
    try:
        return program_of(key, entry.description, queue_rights(entry.queues))
    except BadKeyRequest as error:
        raise _unreadable(source, f"with key {number}, {error.facts['reason']}") from None


def _unreadable(source: str, reason: str) -> StartRefused:
    return StartRefused(reason=f"The API keys in {source} cannot be read: {reason}.")
