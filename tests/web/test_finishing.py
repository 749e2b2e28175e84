"""A change that its caller does not wait for."""

import asyncio

import pytest
from sanic import HTTPResponse, Request
from structlog.testing import capture_logs

from api_queue.errors import UnknownTracklist
from api_queue.web.finishing import end_writes, finished
from tests.house import House
from tests.web.requests import a_request


class Change:
    """Goes on when it is let."""

    def __init__(self, error: Exception | None = None) -> None:
        self.begun, self.may_go_on, self.over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._error = error

    async def handle(self, _request: Request, /, **_parts: str) -> HTTPResponse:
        self.begun.set()
        await self.may_go_on.wait()
        self.over.set()
        if self._error:
            raise self._error
        return HTTPResponse(status=204)

    async def left(self) -> list[str]:
        """What is logged when the caller hangs up in the middle."""
        call = asyncio.ensure_future(finished(self.handle)(a_request()))
        await self.begun.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        with capture_logs() as logged:
            self.may_go_on.set()
            await asyncio.wait_for(self.over.wait(), 5)
            await asyncio.sleep(0)  # its callbacks
            await asyncio.sleep(0)
        return [line["event"] for line in logged]


async def test_it_is_done_to_its_end() -> None:
    assert await Change().left() == []


async def test_a_refusal_that_nobody_hears_is_no_error() -> None:
    assert await Change(UnknownTracklist(tracklist_id="x")).left() == []


async def test_a_fault_is_logged_all_the_same() -> None:
    assert await Change(RuntimeError("broken")).left() == ["a request failed after its caller was gone"]


async def test_who_waits_hears_the_answer_and_the_refusal() -> None:
    change, refused = Change(), Change(UnknownTracklist(tracklist_id="x"))
    change.may_go_on.set()
    refused.may_go_on.set()
    assert (await finished(change.handle)(a_request())).status == 204
    with pytest.raises(UnknownTracklist):
        await finished(refused.handle)(a_request())


async def test_the_server_waits_for_them_before_it_ends_but_not_for_ever() -> None:
    quick, stuck = Change(), Change()
    calls = [asyncio.ensure_future(finished(change.handle)(a_request())) for change in (quick, stuck)]
    await quick.begun.wait()
    await stuck.begun.wait()
    quick.may_go_on.set()
    await end_writes(0.05)
    assert (quick.over.is_set(), stuck.over.is_set()) == (True, False)
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert [type(each) for each in done] == [HTTPResponse, asyncio.CancelledError]


async def test_changes_are_finished_and_what_is_only_looked_at_is_not(house: House) -> None:
    async with house.nobody() as client:
        await client.get("/health")
    by_path = {(route.path, *route.methods): route.handler for route in house.app.router.routes}
    whole = {key for key, handler in by_path.items() if hasattr(handler, "__wrapped__")}
    assert ("api/v1/tracklists/<tracklist_id:str>/publish", "POST") in whole
    assert not any("GET" in key for key in whole if key[0].startswith("api/v1/tracklists"))
    assert not any(key[0].endswith("progress") for key in whole)


async def test_a_long_poll_is_over_when_its_caller_is_gone(house: House) -> None:
    """Else it would take a message, which nobody else gets for half a minute."""
    async with house.nobody() as client:
        await client.get("/health")
    [poll] = [route for route in house.app.router.routes if route.path.endswith("/messages/receive")]
    assert not hasattr(poll.handler, "__wrapped__")
