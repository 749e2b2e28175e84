"""A server that has too much to do: the page waits as long as it is told to, and comes again by itself."""

from typing import Any

import pytest
from playwright.async_api import Page, Route

pytestmark = pytest.mark.asyncio(loop_scope="session")

ASK = """async () => (await import("/static/js/api.js")).post("/wish", { of: "ana" })"""
REFUSAL = """async () => {
  try { await (await import("/static/js/api.js")).post("/wish"); } catch (error) { return error.message; }
}"""
OVERLOADED = {"code": "overloaded", "detail": "There is too much to do.", "retry_after": 0.01}


async def answering(page: Page, *answers: dict[str, Any]) -> list[str | None]:
    """What is asked from now on gets these, one after the other; the last one again and again."""
    asked: list[str | None] = []

    async def answer(route: Route) -> None:
        asked.append(route.request.post_data)
        said = answers[min(len(asked), len(answers)) - 1]
        await route.fulfill(status=503 if "code" in said else 200, json=said)

    await page.route("**/wish", answer)
    return asked


async def test_the_page_comes_again_by_itself_with_the_same_wish(sandbox: Page) -> None:
    asked = await answering(sandbox, OVERLOADED, OVERLOADED, {"place": 3})
    assert await sandbox.evaluate(ASK) == {"place": 3}
    assert asked == ['{"of":"ana"}'] * 3
    await sandbox.unroute("**/wish")


async def test_after_some_times_it_says_what_is_wrong(sandbox: Page) -> None:
    asked = await answering(sandbox, OVERLOADED)
    assert await sandbox.evaluate(REFUSAL) == "There is too much to do."
    assert len(asked) == 4
    await sandbox.unroute("**/wish")


async def test_what_may_have_been_done_already_is_not_sent_again_unasked(sandbox: Page) -> None:
    asked = await answering(sandbox, {"code": "unavailable", "detail": "Redis is away.", "retry_after": 0.01})
    assert await sandbox.evaluate(REFUSAL) == "Redis is away."
    assert len(asked) == 1
    await sandbox.unroute("**/wish")
