"""What to answer when a file is asked for, by RFC 9110: whole, in ranges, or not at all because nothing changed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from api_queue.formats import byte_ranges, conditions
from api_queue.formats.byte_ranges import Span
from api_queue.formats.conditions import Validators


@dataclass(frozen=True, slots=True)
class File:
    size: int
    validators: Validators
    content_type: str


@dataclass(frozen=True, slots=True)
class Plan:
    """An answer before a byte of it is sent: `body` is spans of the file and, in multipart, what stands between."""

    status: int
    headers: dict[str, str]
    body: tuple[bytes | Span, ...] = ()


def make_plan(method: str, fields: Mapping[str, str], file: File, now_s: int) -> Plan:
    """`fields`: the conditional headers and Range, under lower-case names, repeated ones joined by commas."""
    common = _common_headers(file, now_s)
    match conditions.judge(fields, file.validators, now_s):
        case "not_modified":
            return Plan(304, common)
        case "precondition_failed":
            return Plan(412, common)
    spans = _asked_spans(method, fields, file, now_s)
    if spans is None:
        return _whole(file, common)
    if not spans:
        return Plan(416, common | {"Content-Range": byte_ranges.unsatisfied_range(file.size)})
    return _one(file, common, spans[0]) if len(spans) == 1 else _several(file, common, spans)


def _asked_spans(method: str, fields: Mapping[str, str], file: File, now_s: int) -> tuple[Span, ...] | None:
    """Range means something for GET only (14.2), and only for the file that If-Range names."""
    if method != "GET" or "range" not in fields:
        return None
    if "if-range" in fields and not conditions.range_applies(fields["if-range"], file.validators, now_s):
        return None
    return byte_ranges.select(fields["range"], file.size)


def _common_headers(file: File, now_s: int) -> dict[str, str]:
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "no-store",
        "Date": conditions.format_date(now_s),
        "ETag": file.validators.etag,
        "Last-Modified": conditions.format_date(file.validators.modified_s),
    }


def _whole(file: File, common: dict[str, str]) -> Plan:
    headers = common | {"Content-Type": file.content_type, "Content-Length": str(file.size)}
    return Plan(200, headers, (Span(0, file.size),) if file.size else ())


def _one(file: File, common: dict[str, str], span: Span) -> Plan:
    headers = common | {
        "Content-Type": file.content_type,
        "Content-Range": byte_ranges.content_range(span, file.size),
        "Content-Length": str(span.stop - span.start),
    }
    return Plan(206, headers, (span,))


def _several(file: File, common: dict[str, str], spans: tuple[Span, ...]) -> Plan:
    boundary = secrets.token_hex(16)
    body: list[bytes | Span] = []
    for span in spans:
        body += (byte_ranges.part_head(boundary, file.content_type, span, file.size), span)
    body.append(byte_ranges.parts_end(boundary))
    headers = common | {
        "Content-Type": f"multipart/byteranges; boundary={boundary}",
        "Content-Length": str(sum(map(_length, body))),
    }
    return Plan(206, headers, tuple(body))


def _length(segment: bytes | Span) -> int:
    return len(segment) if isinstance(segment, bytes) else segment.stop - segment.start
