"""The one table from errors to HTTP: RFC 9457 problem details, whatever raised and wherever."""

from http import HTTPStatus
from typing import Final

import structlog
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import PayloadTooLarge, SanicException

from api_queue import errors
from api_queue.web.methods import methods_of
from api_queue.web.pages import page, wants_html
from api_queue.web.replies import reply

STATUS: Final[dict[type[errors.ApiQueueError], int]] = {
    errors.Invalid: 422,
    errors.BadGrantType: 400,
    errors.Unfit: 400,
    errors.Unauthorized: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.TooMany: 429,
    errors.TooLarge: 413,
    errors.Unavailable: 503,
}
#: Codes of a 401 that asks a program for its key; all others ask for a bearer.
_ASK_FOR_KEY: Final = frozenset({errors.MissingApiKey.code, errors.BadApiKey.code})
#: All that is said about what nobody foresaw.
INTERNAL: Final = "Something broke on our side; it was written to the log."
_log = structlog.get_logger()


def setup_errors(app: Sanic) -> None:  # type: ignore[type-arg]
    app.exception(errors.ApiQueueError)(_domain)
    app.exception(PayloadTooLarge)(_too_large)
    app.exception(SanicException)(_sanic)
    app.exception(Exception)(_unexpected)


def status_of(error: errors.ApiQueueError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def _domain(request: Request, error: errors.ApiQueueError) -> HTTPResponse:
    if isinstance(error, errors.SessionEnded):
        request.ctx.bad_session = True  # the guard drops its cookie, and who comes back is a new guest
    if isinstance(error, errors.MissingCredential | errors.LoginExpired) and wants_html(request):
        return page("login", status_of(error))
    return problem(status_of(error), error.code, error.detail, error.facts)


def _sanic(request: Request, error: SanicException) -> HTTPResponse:
    status = error.status_code
    if status == HTTPStatus.NOT_FOUND and wants_html(request):
        return page("missing", status)
    answer = problem(status, HTTPStatus(status).phrase.lower().replace(" ", "_"), f"{error}".rstrip(".") + ".", {})
    answer.headers.update(error.headers)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(methods_of(request))
    return answer


def _too_large(request: Request, error: PayloadTooLarge) -> HTTPResponse:
    """Of a body. Sanic raises the same for a header, and says so."""
    if request.stream is None or "header" in f"{error}":
        return _sanic(request, error)
    return _domain(request, errors.TooLarge(limit_bytes=request.stream.request_max_size))


def _unexpected(request: Request, error: Exception) -> HTTPResponse:
    _log.error("a request failed", method=request.method, route=request.uri_template, exc_info=error)
    return problem(500, "internal", INTERNAL, {})


def problem(status: int, code: str, detail: str, facts: dict[str, object]) -> HTTPResponse:
    """`{"type", "title", "status", "detail", "code", ...facts}`; `retry_after` (s) also stands in the header."""
    body = {
        **facts,
        "type": f"/docs/errors#{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    answer = reply(body, status)
    answer.content_type = "application/problem+json"
    if "retry_after" in facts:
        answer.headers["Retry-After"] = str(facts["retry_after"])
    if status == 401:
        answer.headers["WWW-Authenticate"] = "ApiKey" if code in _ASK_FOR_KEY else "Bearer"
    return answer
