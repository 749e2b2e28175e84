"""The pages expect what the server expects: one rule, two languages, the vectors of docs/timing.md."""

from typing import Any

import pytest
from msgspec.structs import replace
from playwright.async_api import Browser

from api_queue.queues.wire import item_json, session_notice
from api_queue.types import ItemId
from tests.queues.builders import NOW
from tests.queues.test_timing_docs import PAUSED, ROWS, the_item, the_session

pytestmark = pytest.mark.asyncio(loop_scope="session")

EXPECT = """async ([waiting, session, settings, now, paused]) => {
    const { expectedStarts } = await import("/static/js/times.js");
    return expectedStarts(waiting, session, settings, now, paused);
}"""


async def test_every_vector_of_the_docs(browser: Browser, files: str) -> None:
    page = await browser.new_page()
    await page.goto(f"{files}/static/favicon.svg")
    paused = [pause.name for pause in PAUSED.values()]
    for session, waiting, expected in ROWS:
        items = [item_json(the_item(text.strip())) for text in waiting.split(",")]
        playing = replace(the_session(session), item_id=ItemId("0000000000"))
        case: list[Any] = [items, session_notice(playing), {"track_space": 15}, NOW, paused]
        starts = await page.evaluate(EXPECT, case)
        assert [None if s is None else s - NOW for s in starts] == [
            None if text.strip() == "null" else int(text) for text in expected.split(",")
        ], session
    await page.close()
