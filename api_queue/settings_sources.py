"""Where the settings come from: defaults < TOML files < `.env` < environment < command line.

A table of a file is the first part of its keys' names: `[media] offload = "nginx"` is `media_offload`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final, Literal, get_args, get_origin, get_type_hints

import msgspec

from api_queue import foreign_settings
from api_queue.errors import BadSetting, StartRefused, UnknownSetting
from api_queue.settings import Settings

PREFIX: Final = "API_QUEUE_"
_QUOTED: Final = re.compile(r"([\"'])(.*?)\1(?=\s|$)")
_COMMENT: Final = re.compile(r"(^|\s+)#.*")
TYPES: Final[Mapping[str, Any]] = MappingProxyType(get_type_hints(Settings, include_extras=True))
SENTENCES: Final = MappingProxyType({key.name: key.metadata["sentence"] for key in fields(Settings)})
SECRETS: Final = frozenset(key.name for key in fields(Settings) if key.metadata["secret"])

_NO_VALUES: Final[Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True)
class LoadedSettings:
    """`sources` says of each key that is not a default where it was set.

    `ignored` is a sentence for each name that we know of another program, and that does nothing here.
    """

    settings: Settings
    sources: Mapping[str, str]
    ignored: Sequence[str] = ()


def load(
    files: Sequence[Path],
    environment: Mapping[str, str],
    *,
    dotenv: Path = Path(".env"),
    command_line: Mapping[str, object] = _NO_VALUES,
) -> LoadedSettings:
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    variables = {str(dotenv): _read_dotenv(dotenv), "the environment": environment}
    layers = [
        *((str(file), _from_toml(file)) for file in files),
        *((source, _from_environment(there, source)) for source, there in variables.items()),
        ("the command line", command_line),
    ]
    for source, layer in layers:
        for key, value in layer.items():
            values[key] = _value(key, value, source)
            sources[key] = source
    ignored = chain.from_iterable(foreign_settings.ignored(there, source) for source, there in variables.items())
    return LoadedSettings(Settings(**values), sources, tuple(ignored))


def lines(loaded: LoadedSettings) -> Iterator[str]:
    """`key = value (source)` for each key; a secret shows only that it is set."""
    for key in fields(Settings):
        value = getattr(loaded.settings, key.name)
        shown = "***" if key.name in SECRETS and value else _shown(value)
        yield f"{key.name} = {shown} ({loaded.sources.get(key.name, 'default')})"


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


# -- the sources -----------------------------------------------------------------------------------------------


def _from_toml(file: Path) -> dict[str, object]:
    try:
        return dict(_flat(tomllib.loads(_text_of(file))))
    except ValueError as error:
        raise _unreadable(file, error) from None


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise _unreadable(file, error) from None


def _unreadable(file: Path, error: Exception) -> StartRefused:
    return StartRefused(reason=f"The settings in {file} cannot be read: {error}.")


def _flat(table: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}_")
        else:
            yield above + name, value


def _from_environment(variables: Mapping[str, str], source: str) -> dict[str, object]:
    theirs = foreign_settings.honoured(variables, source)
    ours = {name.removeprefix(PREFIX).lower(): text for name, text in variables.items() if name.startswith(PREFIX)}
    return {**theirs, **ours}


def _read_dotenv(file: Path) -> dict[str, str]:
    """`NAME=value` lines; `#` begins a comment, first or after a space; quotes around a value are dropped."""
    text = _text_of(file) if file.exists() else ""
    pairs = (
        line.removeprefix("export ").partition("=") for line in map(str.strip, text.splitlines()) if line[:1] != "#"
    )
    return {name.strip(): _unquoted(value.strip()) for name, _, value in pairs}


def _unquoted(value: str) -> str:
    """What is in quotes has no comment in it."""
    quoted = _QUOTED.match(value)
    return quoted[2] if quoted else _COMMENT.sub("", value)


# -- the values ------------------------------------------------------------------------------------------------


def _value(key: str, value: object, source: str) -> object:
    if key not in TYPES:
        near = get_close_matches(key, TYPES, 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise UnknownSetting(key=key, hint=f" It is set in {source}.{hint}")
    kind = TYPES[key]
    if get_origin(kind) is tuple and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if get_origin(kind) is Literal and isinstance(value, str):
        value = value.lower()
    try:
        return msgspec.convert(value, kind, strict=False, dec_hook=_path)
    except (msgspec.ValidationError, UnicodeError):  # an environment is bytes, and not always text
        said = "***" if key in SECRETS else value
        raise BadSetting(key=key, reason=f"must be {_wanted(kind)}, not '{said}' as in {source}") from None


def _path(kind: type, value: object) -> object:
    """msgspec makes a ValidationError of what is raised here."""
    if kind is not Path or not isinstance(value, str | Path):
        raise TypeError
    try:
        return Path(value).expanduser()
    except RuntimeError as error:  # ~somebody, who has no home here
        raise ValueError from error


def _wanted(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return "one of " + ", ".join(f"'{word}'" for word in get_args(kind))
    if get_origin(kind) is Annotated:
        number, bounds = get_args(kind)
        return f"a {'whole ' if number is int else ''}number {_bounds(bounds)}"
    if kind is bool:
        return "true or false"
    return "a list of texts" if get_origin(kind) is tuple else "a text"


def _bounds(bounds: msgspec.Meta) -> str:
    if bounds.le is not None:
        return f"from {bounds.ge} to {bounds.le}"
    return f"of at least {bounds.ge}" if bounds.ge is not None else f"above {bounds.gt}"
