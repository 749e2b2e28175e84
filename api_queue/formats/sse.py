"""Server-Sent Events as the WHATWG standard writes them, and the HTTP/1.1 chunk (RFC 9112, 7.1) around each."""

import re

#: Only these: `str.splitlines` cuts at eight more characters.
_LINE_END = re.compile(r"\r\n|\r|\n")


def frame(event: str, data: str, event_id: str | None = None) -> bytes:
    """One event. Without an id the reader keeps the last one it got."""
    head = "" if event_id is None else f"id: {event_id}\n"
    lines = _LINE_END.sub("\ndata: ", data) if "\n" in data or "\r" in data else data
    return f"{head}event: {event}\ndata: {lines}\n\n".encode()


def comment() -> bytes:
    """Nothing, for readers and proxies that close what is silent."""
    return b":\n\n"


def retry(after_ms: int) -> bytes:
    return b"retry: %d\n\n" % after_ms


def chunk(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(body), body)
