"""The one table from errors to HTTP: RFC 9457 problem details, whatever raised and wherever."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
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
#: From (status, code, sentence, facts) to an answer.
Form = Callable[[int, str, str, dict[str, object]], HTTPResponse]
_NO_OTHERS: Final[Mapping[bytes, Form]] = MappingProxyType({})
#: Codes of a 401 that asks a program for its key; all others ask for a bearer.
_ASK_FOR_KEY: Final = frozenset({errors.MissingApiKey.code, errors.BadApiKey.code})
#: All that is said about what nobody foresaw.
INTERNAL: Final = "Something broke on our side; it was written to the log."
_log = structlog.get_logger()


def setup_errors(app: Sanic, forms: Mapping[bytes, Form] = _NO_OTHERS) -> None:  # type: ignore[type-arg]
    """`forms`: by what an address begins with, where clients of another server want errors as that has them."""
    app.ctx.error_forms = forms
    app.exception(errors.ApiQueueError)(_domain)
    app.exception(PayloadTooLarge)(_too_large)
    app.exception(SanicException)(_sanic)
    app.exception(Exception)(_unexpected)


def status_of(error: errors.ApiQueueError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def _domain(request: Request, error: errors.ApiQueueError) -> HTTPResponse:
    if isinstance(error, errors.SessionEnded) or isinstance(error.__cause__, errors.SessionEnded):
        request.ctx.bad_session = True  # the guard drops its cookie, and who comes back is a new guest
    form = form_of(request)
    to_browser = form is problem and wants_html(request)
    if to_browser and isinstance(error, errors.MissingCredential | errors.LoginExpired):
        return page("login", status_of(error))
    return form(status_of(error), error.code, error.detail, error.facts)


def form_of(request: Request) -> Form:
    forms: Mapping[bytes, Form] = request.app.ctx.error_forms
    return next((form for start, form in forms.items() if request.raw_url.startswith(start)), problem)


def _sanic(request: Request, error: SanicException) -> HTTPResponse:
    status, form = error.status_code, form_of(request)
    if status == HTTPStatus.NOT_FOUND and form is problem and wants_html(request):
        return page("missing", status)
    answer = form(status, HTTPStatus(status).phrase.lower().replace(" ", "_"), f"{error}".rstrip(".\n") + ".", {})
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
    return form_of(request)(500, "internal", INTERNAL, {})


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
    return with_headers(answer, code, facts)


def with_headers(answer: HTTPResponse, code: str, facts: dict[str, object]) -> HTTPResponse:
    """What HTTP itself wants to be said of a refusal."""
    if "retry_after" in facts:
        answer.headers["Retry-After"] = str(facts["retry_after"])
    if answer.status == 401:
        answer.headers["WWW-Authenticate"] = "ApiKey" if code in _ASK_FOR_KEY else "Bearer"
    return answer
