"""The call of source 003, against a site of our own: an address becomes a CUE file."""

from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio

from api_queue.formats.cue.reading import read
from tests.tracklists.cue_over_http import CUE
from tests.tracklists.site.refusals import challenge
from tests.tracklists.site_party import SiteParty

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def author(party: SiteParty) -> AsyncIterator[httpx.AsyncClient]:
    async with await party.member() as client:
        yield client


async def test_an_address_becomes_a_file(party: SiteParty, author: httpx.AsyncClient) -> None:
    body = {"tracklist_url": party.url, "format": "standard", "include_pregap": True}
    made = (await author.post(f"{CUE}/generate", json=body)).json()
    reading = read(made["cue_content"])
    assert (made["success"], reading.valid) == (True, True)
    assert made["metadata"]["tracklist_url"] == party.url
    assert made["metadata"]["track_count"] == len(reading.sheet.tracks) > 1
    assert made["metadata"]["notes"][0] == "Nobody set a time for row 11: spread evenly, and marked as estimated."
    # When it is made again, then of the same list
    again = (await author.post(f"{CUE}/files/{made['id']}/regenerate")).json()
    assert (again["tracklist_id"], again["version"]) == (made["tracklist_id"], 2)


async def test_rows_that_nobody_timed_are_named_on_demand(party: SiteParty, author: httpx.AsyncClient) -> None:
    answer = await author.post(f"{CUE}/generate", json={"tracklist_url": party.url, "options": {"uncued": "refuse"}})
    assert (answer.status_code, answer.json()["code"]) == (422, "no_times")


async def test_a_site_that_shuts_us_out_is_no_file(party: SiteParty, author: httpx.AsyncClient) -> None:
    party.refuse(challenge())
    answer = await author.post(f"{CUE}/generate", json={"tracklist_url": party.url})
    assert (answer.status_code, answer.json()["code"]) == (503, "blocked")
    assert "retry-after" in answer.headers
