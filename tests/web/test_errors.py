"""One table from errors to HTTP, and one shape of answer, whatever was raised and wherever."""

import ast
import string
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest
from sanic import HTTPResponse, Request, Sanic
from structlog.testing import capture_logs

from api_queue import errors
from api_queue.errors import ApiQueueError
from api_queue.web.error_list import refusals
from api_queue.web.errors import INTERNAL, STATUS, Facts, problem, setup_errors, status_of
from tests.serving import NO_TLS, serving

PACKAGE = Path(errors.__file__).parent
ERRORS = {
    name: error
    for name, error in vars(errors).items()
    if isinstance(error, type) and issubclass(error, ApiQueueError) and error is not ApiQueueError
}
#: Sentences that programs written for other servers know to the letter.
OTHERS_SAY = {errors.BadApiKey, errors.MissingQueueRight, errors.WrongPassword}
KARAKARA_SAYS: set[type[ApiQueueError]] = {
    errors.RoomNotFound,
    errors.InvalidRoomCommand,
    errors.RoomCommandsForHost,
    errors.RoomSettingsForHost,
    errors.RoomQueueForHost,
    errors.NotYourRoomItem,
    errors.MoveOutside,
    errors.SessionMissing,
    errors.TrackInvalid,
    errors.PerformerMissing,
    errors.QueueValidationFailed,
}
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def placeholders(error: type[ApiQueueError]) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(error.__doc__ or "") if name}


def made(error: type[ApiQueueError]) -> ApiQueueError:
    """With every fact that its sentence needs."""
    return error(**{name: f"<{name}>" for name in placeholders(error)})


# -- the table -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ERRORS.values(), ids=list(ERRORS))
def test_each_error_has_the_status_of_its_kind(error: type[ApiQueueError]) -> None:
    kind = error.__mro__[error.__mro__.index(ApiQueueError) - 1]
    assert status_of(made(error)) == STATUS.get(kind, 500)


def test_only_what_stops_the_start_has_no_status() -> None:
    assert set(ApiQueueError.__subclasses__()) - set(STATUS) == {errors.StartRefused}


def test_the_kinds_are_the_statuses_that_clients_tell_apart() -> None:
    said = {kind.__name__: status for kind, status in STATUS.items()}
    assert said == {
        "Invalid": 422,
        "BadGrantType": 400,
        "Unfit": 400,
        "Unauthorized": 401,
        "Forbidden": 403,
        "NotFound": 404,
        "Conflict": 409,
        "TooMany": 429,
        "TooLarge": 413,
        "Unavailable": 503,
    }


def test_a_code_has_one_status_unless_it_is_said_in_two_places() -> None:
    statuses: dict[str, set[int]] = {}
    for refusal in refusals():
        statuses.setdefault(refusal.code, set()).add(refusal.status)
    # A track that is asked for is not found; one that is put on a queue does not fit.
    assert {code for code, those in statuses.items() if len(those) > 1} == {"unknown_track"}


# -- the sentences ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", ERRORS.values(), ids=list(ERRORS))
def test_the_sentence_is_filled_with_its_facts(error: type[ApiQueueError]) -> None:
    detail = made(error).detail
    assert all(f"<{name}>" in detail for name in placeholders(error))
    assert "{" not in detail


@pytest.mark.parametrize("error", [error for error in ERRORS.values() if error not in KARAKARA_SAYS])
def test_the_sentence_is_one_that_a_guest_can_read(error: type[ApiQueueError]) -> None:
    sentence = error.__doc__ or ""
    assert "\n" not in sentence
    assert sentence[0].isupper() or sentence[0] in "'{"
    assert sentence[-1] in ".}" or error in OTHERS_SAY


@pytest.mark.parametrize("error", ERRORS.values(), ids=list(ERRORS))
def test_the_code_is_its_own_and_fits_an_address(error: type[ApiQueueError]) -> None:
    assert "code" in vars(error)
    assert error.code.replace("_", "").isascii()
    assert error.code == error.code.lower()
    assert error.code.isidentifier()


def test_facts_are_never_taken_for_placeholders() -> None:
    error = errors.BadBody(reason="it has {reason} and {0} in it.")
    assert error.detail == "The body cannot be read: it has {reason} and {0} in it."
    assert error.facts == {"reason": "it has {reason} and {0} in it."}


@cache
def raised() -> list[tuple[str, type[ApiQueueError], set[str] | None]]:
    """(where, error, facts) of each place that names one; None where the facts are put together elsewhere."""
    return [each for file in sorted(PACKAGE.rglob("*.py")) for each in _raised_in(file)]


def _raised_in(file: Path) -> Iterator[tuple[str, type[ApiQueueError], set[str] | None]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            facts = {word.arg for word in node.keywords}
            given = None if None in facts else {str(fact) for fact in facts}
            yield f"{file.relative_to(PACKAGE)}:{node.lineno}", ERRORS[node.func.id], given
        elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Name) and node.exc.id in ERRORS:
            yield f"{file.relative_to(PACKAGE)}:{node.lineno}", ERRORS[node.exc.id], set()


def test_whoever_raises_an_error_gives_all_its_facts() -> None:
    """Else the refusal itself would break, and be a 500."""
    missing = [
        (where, error.__name__, placeholders(error) - facts)
        for where, error, facts in raised()
        if facts is not None and not placeholders(error) <= facts
    ]
    assert missing == []


def test_every_error_of_its_own_is_raised_by_somebody() -> None:
    named = {error for _, error, _ in raised()}
    texts = "".join(file.read_text(encoding="utf-8") for file in PACKAGE.rglob("*.py") if file.name != "errors.py")
    kinds = set(ApiQueueError.__subclasses__())
    assert {name for name, error in ERRORS.items() if error not in named | kinds and name not in texts} == set()


# -- the answer ------------------------------------------------------------------------------------------------


def test_a_problem_has_its_facts_beside_what_every_problem_has() -> None:
    answer = problem(404, "unknown_queue", "There is no queue 'x'.", {"queue": "x"})
    assert answer.content_type == "application/problem+json"
    assert httpx.Response(404, content=answer.body).json() == {
        "type": "/docs/errors#unknown_queue",
        "title": "Not Found",
        "status": 404,
        "detail": "There is no queue 'x'.",
        "code": "unknown_queue",
        "queue": "x",
    }


def test_no_fact_takes_the_place_of_what_every_problem_has() -> None:
    fields = ("type", "title", "status", "detail", "code")
    answer = problem(403, "muted", "No.", dict.fromkeys(fields, "forged"))
    assert b"forged" not in (answer.body or b"")


@pytest.mark.parametrize("status", [429, 503, 409])
def test_when_to_come_back_also_stands_in_the_header(status: int) -> None:
    assert problem(status, "later", "Later.", {"retry_after": 7}).headers["retry-after"] == "7"


def test_without_a_time_there_is_no_header() -> None:
    assert "retry-after" not in problem(429, "queue_full", "Full.", {}).headers


def test_only_who_is_not_logged_in_is_asked_for_a_bearer() -> None:
    assert problem(401, "missing_credential", "Who?", {}).headers["www-authenticate"] == "Bearer"
    assert "www-authenticate" not in problem(403, "missing_right", "No.", {}).headers


def _other_form(status: int, code: str, detail: str, facts: Facts) -> tuple[int, Facts]:
    return status + 1, {"other": [status, code, detail, facts]}


# -- over the wire ---------------------------------------------------------------------------------------------


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = Sanic("errors", configure_logging=False)
    app.config.ACCESS_LOG = False
    setup_errors(app, {b"/other/": _other_form})

    @app.get("/other/ours", name="other_ours")
    @app.get("/ours")
    async def ours(_request: Request) -> HTTPResponse:
        raise errors.RateLimited(retry_after=3)

    @app.get("/other/theirs", name="other_theirs")
    @app.get("/theirs")
    async def theirs(_request: Request) -> HTTPResponse:
        raise ZeroDivisionError("hunter2")

    async with serving(app) as url, httpx.AsyncClient(base_url=url, verify=NO_TLS) as client:
        yield client


async def test_an_error_of_ours_is_a_problem(client: httpx.AsyncClient) -> None:
    answer = await client.get("/ours")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"] == "That was too often; try again in 3 seconds."


async def test_what_nobody_foresaw_is_logged_and_says_nothing_of_itself(client: httpx.AsyncClient) -> None:
    with capture_logs() as logs:
        answer = await client.get("/theirs")
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (500, "internal", INTERNAL)
    assert "hunter2" not in answer.text
    (line,) = logs
    assert (line["log_level"], line["method"], line["route"]) == ("error", "GET", "/theirs")
    assert isinstance(line["exc_info"], ZeroDivisionError)


async def test_a_wrong_method_names_the_right_ones(client: httpx.AsyncClient) -> None:
    answer = await client.delete("/ours")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer.headers["allow"] == "GET"


@pytest.mark.parametrize("accept", ["*/*", "application/json", "nonsense", "text/html;q=x", "/"])
async def test_an_address_that_is_none_is_a_problem_however_odd_the_wish(
    client: httpx.AsyncClient, accept: str
) -> None:
    answer = await client.get("/nowhere", headers={"Accept": accept})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.json()["detail"] == "Requested URL /nowhere not found."


async def test_a_browser_that_is_lost_gets_a_page(client: httpx.AsyncClient) -> None:
    answer = await client.get("/nowhere", headers={"Accept": BROWSER})
    assert answer.status_code == 404
    assert answer.text.startswith("<!doctype html>")


async def test_a_browser_is_told_of_other_errors_as_everybody_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/ours", headers={"Accept": BROWSER})
    assert answer.json()["code"] == "rate_limited"


# -- in another form -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "said"),
    [
        (
            "GET",
            "/other/ours",
            [429, "rate_limited", "That was too often; try again in 3 seconds.", {"retry_after": 3}],
        ),
        ("GET", "/other/theirs", [500, "internal", INTERNAL, {}]),
        ("GET", "/other/nowhere", [404, "not_found", "Requested URL /other/nowhere not found.", {}]),
        ("DELETE", "/other/x", [404, "not_found", "Requested URL /other/x not found.", {}]),
    ],
)
async def test_where_clients_of_another_server_ask_errors_are_as_they_know_them(
    client: httpx.AsyncClient, method: str, path: str, said: list[object]
) -> None:
    answer = await client.request(method, path, headers={"Accept": BROWSER})
    assert (answer.status_code - 1, answer.json()) == (said[0], {"other": said})
    assert answer.headers["content-type"] == "application/json"


async def test_when_to_come_back_stands_in_the_header_there_too(client: httpx.AsyncClient) -> None:
    assert (await client.get("/other/ours")).headers["retry-after"] == "3"


async def test_a_wrong_method_names_the_right_ones_there_too(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/other/ours")).headers["allow"] == "GET"
