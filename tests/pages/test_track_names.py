"""What tracks are called is asked for once, and whoever shows them is told once for each."""

import pytest
from playwright.async_api import Page

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: A list of 20 tracks that nobody knows yet, each twice, shown anew whenever one is known.
LIST = """async () => {
    const { lookUp } = await import("/static/js/tracks.js");
    const told = { asked: 0, shown: 0 };
    globalThis.fetch = async () => {
        told.asked += 1;
        return new Response("{}");
    };
    const ids = [...Array(40).keys()].map((number) => `track-${number % 20}`);
    await new Promise((known) => {
        const show = () => {
            told.shown += 1;
            if (ids.map((id) => lookUp(id, show)).every(Boolean)) known();
        };
        show();
    });
    return told;
}"""


async def test_a_list_of_many_is_shown_once_for_each_that_becomes_known(sandbox: Page) -> None:
    assert await sandbox.evaluate(LIST) == {"asked": 20, "shown": 21}
