"""The one table from errors to HTTP: RFC 9457 problem details, whatever raised and wherever."""

from asyncio import CancelledError
from collections.abc import Callable, Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

import structlog
from sanic import HTTPResponse, Request, Sanic
from sanic.exceptions import PayloadTooLarge, RequestCancelled, SanicException

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
Facts = dict[str, object]
#: From (status, code, sentence, facts) to the status and the JSON of an answer.
Form = Callable[[int, str, str, Facts], tuple[int, Facts]]
_NO_OTHERS: Final[Mapping[bytes, Form]] = MappingProxyType({})
#: Codes of a 401 that asks a program for its key; all others ask for a bearer.
_ASK_FOR_KEY: Final = frozenset({errors.MissingApiKey.code, errors.BadApiKey.code})
#: For figures and the log, as nginx has it: nobody hears it, and nothing failed.
CLIENT_GONE: Final = 499
#: All that is said about what nobody foresaw.
INTERNAL: Final = "Something broke on our side; it was written to the log."
_log = structlog.get_logger()


def setup_errors(app: Sanic, forms: Mapping[bytes, Form] = _NO_OTHERS) -> None:  # type: ignore[type-arg]
    """`forms`: by what an address begins with, where clients of another server want errors as that has them."""
    app.ctx.error_forms = forms
    app.exception(errors.ApiQueueError)(_domain)
    app.exception(PayloadTooLarge)(_too_large)
    app.exception(SanicException)(_sanic)
    app.exception(CancelledError)(_cancelled)  # type: ignore[arg-type]  # it is one that Sanic hands on all the same
    app.exception(Exception)(_unexpected)


def status_of(error: errors.ApiQueueError) -> int:
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def _domain(request: Request, error: errors.ApiQueueError) -> HTTPResponse:
    if isinstance(error, errors.SessionEnded) or isinstance(error.__cause__, errors.SessionEnded):
        request.ctx.bad_session = True  # the guard drops its cookie, and who comes back is a new guest
    if isinstance(error, errors.MissingCredential | errors.LoginExpired) and _wants_page(request):
        return page("login", status_of(error))
    return refusal(request, status_of(error), error.code, error.detail, error.facts)


def _form(request: Request) -> Form | None:
    forms: Mapping[bytes, Form] = request.app.ctx.error_forms
    return next((form for start, form in forms.items() if request.raw_url.startswith(start)), None)


def _wants_page(request: Request) -> bool:
    return _form(request) is None and wants_html(request)


def _sanic(request: Request, error: SanicException) -> HTTPResponse:
    status = error.status_code
    if status == HTTPStatus.NOT_FOUND and _wants_page(request):
        return page("missing", status)
    code = HTTPStatus(status).phrase.lower().replace(" ", "_")
    answer = refusal(request, status, code, f"{error}".rstrip(".\n") + ".", {})
    answer.headers.update(error.headers)
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        answer.headers["Allow"] = ", ".join(methods_of(request))
    return answer


def _too_large(request: Request, error: PayloadTooLarge) -> HTTPResponse:
    """Of a body. Sanic raises the same for a header, and says so."""
    if request.stream is None or "header" in f"{error}":
        return _sanic(request, error)
    return _domain(request, errors.TooLarge(limit_bytes=request.stream.request_max_size))


def _cancelled(request: Request, error: CancelledError) -> HTTPResponse:
    """Its client hung up; else the server ends, and had no time left for it."""
    if isinstance(error, RequestCancelled):
        return HTTPResponse(status=CLIENT_GONE)
    return _domain(request, errors.Unavailable(retry_after=1))


def _unexpected(request: Request, error: Exception) -> HTTPResponse:
    _log.error("a request failed", method=request.method, route=request.uri_template, exc_info=error)
    return refusal(request, 500, "internal", INTERNAL, {})


def refusal(request: Request, status: int, code: str, detail: str, facts: Facts) -> HTTPResponse:
    """In the form of the address that was asked; `retry_after` (s) of the facts also stands in the header."""
    request.ctx.refused = code
    form = _form(request)
    if form is None:
        return problem(status, code, detail, facts | _named(request))
    status, body = form(status, code, detail, facts)
    return _with_headers(reply(body, status), code, facts)


def _named(request: Request) -> Facts:
    """What the log calls it, for who asks an operator why."""
    return {"request_id": request.ctx.request_id} if hasattr(request.ctx, "request_id") else {}


def problem(status: int, code: str, detail: str, facts: Facts) -> HTTPResponse:
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
    return _with_headers(answer, code, facts)


def _with_headers(answer: HTTPResponse, code: str, facts: Facts) -> HTTPResponse:
    """What HTTP itself wants to be said of a refusal."""
    answer.headers["Cache-Control"] = "no-store"  # what is not there now may be soon
    if "retry_after" in facts:
        answer.headers["Retry-After"] = str(facts["retry_after"])
    if answer.status == 401:
        answer.headers["WWW-Authenticate"] = "ApiKey" if code in _ASK_FOR_KEY else "Bearer"
    return answer
