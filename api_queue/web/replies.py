"""Answers: msgspec out, because the standard library's JSON costs a fifth of the rate."""

import msgspec
from sanic import HTTPResponse

_encode = msgspec.json.Encoder(enc_hook=str).encode


def reply(body: object, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    return HTTPResponse(_encode(body), status, headers, "application/json")


def text_reply(body: str, content_type: str, headers: dict[str, str] | None = None) -> HTTPResponse:
    return HTTPResponse(body, 200, headers, f"{content_type}; charset=utf-8")


def empty() -> HTTPResponse:
    return HTTPResponse(b"", 204)
