"""Programs that ask by messages."""

from typing import Any

import msgspec
import pytest

from api_queue.messages.models import Draft, Wish
from api_queue.tracklists.message_desk import REQUESTS, RESULTS
from api_queue.types import MessageId
from tests.tracklists.site.pages import ROWS, tracklist
from tests.tracklists.site.refusals import ip_block
from tests.tracklists.site_party import PATH, SEARCH, SiteParty

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def answered(party: SiteParty, request: dict[str, Any] | str) -> dict[str, Any]:
    """One request, and what is on the other queue then; both are empty afterwards."""
    parts = party.house.parts
    body = request if isinstance(request, str) else msgspec.json.encode(request).decode()
    await parts.messages.send(REQUESTS, Draft(body, MessageId("r-1")))
    assert await parts.message_desk.serve() == 1
    left = await parts.messages.info(REQUESTS)
    assert (left.available, left.in_flight) == (0, 0)
    [message] = await parts.messages.receive(RESULTS, Wish(most=10, delete=True))
    said: dict[str, Any] = msgspec.json.decode(message.body)
    assert said["request_id"] == "r-1"
    return said


async def test_a_search_is_answered(party: SiteParty) -> None:
    said = await answered(party, {"query": "Ada Lovelace", "correlation_id": "c-1"})
    assert (said["success"], said["correlation_id"], len(said["results"])) == (True, "c-1", 2)
    assert party.site.pages == [SEARCH]


async def test_a_list_is_answered(party: SiteParty) -> None:
    said = await answered(party, {"url": party.url, "correlation_id": "c-2"})
    assert (said["success"], said["correlation_id"], said["tracklist"]["dj_name"]) == (True, "c-2", "Ada Lovelace")
    assert party.site.pages == [PATH]


@pytest.mark.parametrize("body", ["no JSON", "7", "[]", "null", '"url"', "[" * 5000, '{"url": []}', "{}"])
async def test_junk_is_answered_and_gone(party: SiteParty, body: str) -> None:
    said = await answered(party, body)
    assert (said["success"], said["error"]["code"], said["correlation_id"]) == (False, "bad_body", None)


async def test_an_answer_that_fits_in_no_message_says_so(party: SiteParty) -> None:
    party.site.serve(PATH, tracklist([row._replace(name=f"{row.name} {'x' * 400}") for row in ROWS * 30]))
    said = await answered(party, {"url": party.url, "correlation_id": "c-4"})
    assert (said["error"]["code"], said["correlation_id"]) == ("message_too_large", "c-4")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"query": "", "correlation_id": "c-3"}, "bad_body"),
        ({"url": "http://example.com/tracklist/a", "correlation_id": "c-3"}, "foreign_address"),
    ],
)
async def test_what_is_no_request_is_answered_too(party: SiteParty, request_: dict[str, Any], code: str) -> None:
    said = await answered(party, request_)
    assert (said["success"], said["error"]["code"], said["correlation_id"]) == (False, code, "c-3")
    assert party.site.log == []


async def test_a_block_is_said(party: SiteParty) -> None:
    party.refuse(ip_block())
    assert (await answered(party, {"query": "Ada Lovelace"}))["error"]["code"] == "blocked"


async def test_nothing_to_do_is_no_work(party: SiteParty) -> None:
    assert await party.house.parts.message_desk.serve() == 0
