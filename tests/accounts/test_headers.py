"""What every answer tells a browser."""

import httpx
import pytest
from sanic import HTTPResponse

from api_queue.web.headers import PAGE_POLICY, harden
from tests.accounts.house import PARTY, House, bearer


@pytest.mark.parametrize("path", ["/queue/party/", "/nowhere", "/queue/"])
async def test_each_answer_is_hardened_refusals_too(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_page_gets_the_strict_policy_unless_it_has_its_own() -> None:
    page = HTTPResponse("<p>", content_type="text/html; charset=utf-8")
    harden(page)
    assert page.headers["content-security-policy"] == PAGE_POLICY
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "unsafe" not in PAGE_POLICY
    own = HTTPResponse("<p>", headers={"Content-Security-Policy": "sandbox"}, content_type="text/html")
    harden(own)
    assert own.headers["content-security-policy"] == "sandbox"


async def test_what_a_get_changed_is_kept_by_no_cache(house: House, client: httpx.AsyncClient) -> None:
    answer = await client.get("/queue/party/command/play", headers=bearer(await house.token("host", PARTY)))
    assert answer.headers["cache-control"] == "no-store"
