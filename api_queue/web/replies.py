"""Answers."""

from sanic import HTTPResponse

from api_queue.formats.json_bytes import json_bytes


def reply(body: object, status: int = 200, headers: dict[str, str] | None = None) -> HTTPResponse:
    return HTTPResponse(json_bytes(body), status, headers, "application/json")


def text_reply(body: str, content_type: str, headers: dict[str, str] | None = None) -> HTTPResponse:
    return HTTPResponse(body, 200, headers, f"{content_type}; charset=utf-8")


def empty() -> HTTPResponse:
    return HTTPResponse(b"", 204)
