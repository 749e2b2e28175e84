"""Bodies are read by what they are, not only by what their header says: `curl -d '{...}'` calls itself a form."""

import csv
import io
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec
from sanic import Request

from api_queue.errors import BadBody, BadQuery
from api_queue.formats.json_bytes import json_bytes

T = TypeVar("T")

#: Names a write, so that it happens once; see `idempotency.py`.
EVENT_KEY: Final = "client_event_uuid"
#: Behind the `?` of a write: it only asks what would come of it.
DRY_RUN: Final = "dry_run"
_OFF: Final = frozenset({"", "0", "false", "no", "off"})
_TOO_DEEP: Final = "it is nested too deeply."
_NO_TEXT: Final = "JSON is text in UTF-8, and this is in another encoding."
_FORMS: Final = ("application/x-www-form-urlencoded", "multipart/form-data")


def read_body(request: Request, shape: type[T], csv_columns: Sequence[str] = ()) -> T:
    """JSON (object), form or nothing at all, as a `shape` (a msgspec Struct); anything else raises BadBody.

    `text/csv` is one line of `csv_columns`, where they are given.
    """
    if csv_columns and (request.content_type or "").lower().startswith("text/csv"):
        return to_shape(_csv_line(request.body, csv_columns), shape)
    return to_shape(read_fields(request), shape)


def read_raw(request: Request, shape: type[T]) -> T:
    """As `read_body`, and a field of the type `msgspec.Raw` is JSON as it was written."""
    body = request.body.strip()
    try:
        return msgspec.json.decode(
            body if body[:1] == b"{" else json_bytes(read_fields(request)), type=shape, strict=False
        )
    except UnicodeDecodeError:
        raise BadBody(reason=_NO_TEXT) from None
    except msgspec.DecodeError as error:
        raise BadBody(reason=f"{error}.") from None
    except RecursionError:
        raise BadBody(reason=_TOO_DEEP) from None


def read_query(request: Request, shape: type[T]) -> T:
    """What stands behind the `?` (the last value of each name); raises BadQuery."""
    try:
        return msgspec.convert({name: values[-1] for name, values in request.args.items()}, shape, strict=False)
    except msgspec.ValidationError as error:
        raise BadQuery(reason=f"{error}.") from None


def flag(request: Request, name: str) -> bool:
    """Whether it stands behind the `?`, and not as empty, `0`, `false`, `no` or `off`."""
    return bool(request.query_string) and str(request.args.get(name, "")).lower() not in _OFF


def read_fields(request: Request) -> dict[str, Any]:
    """The body as a plain dict, without `client_event_uuid`: every write takes it, and none but the guard reads it."""
    fields = all_fields(request)
    fields.pop(EVENT_KEY, None)
    return fields


def all_fields(request: Request) -> dict[str, Any]:
    """Of JSON, else of a form (last value of each name)."""
    body = request.body.strip()
    if not body:
        return {}
    if body[:1] in b"{[":
        return _json_object(body)
    if (request.content_type or "").lower().startswith(_FORMS):
        return _form(request)
    raise BadBody(reason="it is neither a JSON object nor a form.")


def to_shape(fields: dict[str, Any], shape: type[T]) -> T:
    try:
        return msgspec.convert(fields, shape, strict=False)
    except msgspec.ValidationError as error:
        raise BadBody(reason=f"{error}.") from None


def _csv_line(body: bytes, columns: Sequence[str]) -> dict[str, Any]:
    """Columns that are missing at the end are left out; RFC 4180, strictly."""
    try:
        lines = list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadBody(reason=f"it is no CSV: {error}.") from None
    if len(lines) != 1 or len(lines[0]) > len(columns):
        raise BadBody(reason=f"it must be one CSV line: {','.join(columns)}.")
    return dict(zip(columns, lines[0], strict=False))


def _form(request: Request) -> dict[str, Any]:
    form = request.get_form()
    if not form:  # Sanic logs what is wrong with a form, and calls it empty
        raise BadBody(reason="the form is broken, or has no value in it.")
    return {name: values[-1] for name, values in form.items()}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        fields = msgspec.json.decode(body)
    except UnicodeDecodeError:
        raise BadBody(reason=_NO_TEXT) from None
    except msgspec.DecodeError as error:
        raise BadBody(reason=f"{error}.") from None
    except RecursionError:
        raise BadBody(reason=_TOO_DEEP) from None
    if not isinstance(fields, dict):
        raise BadBody(reason="it must be one JSON object.")
    return fields
