"""Four workers: what is changed through one is seen by the readers of all."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from tests.acceptance.live import a_live_server
from tests.acceptance.readers import Screen

ALIAS = "KAT_TUN_Your_side_Instrumental_"


async def test_a_change_through_one_worker_reaches_the_screens_of_all(tmp_path: Path) -> None:
    # Given twenty-four screens, which the system spreads over four workers
    async with a_live_server(tmp_path, "--workers", "4") as live, AsyncExitStack() as stack:
        assert len(live.pids("aq-web")) == 4
        screens = [await stack.enter_async_context(Screen(live.url, "party")) for _ in range(24)]
        # When guests add, each on a connection of their own
        for number in range(8):
            async with live.guest(number) as guest:
                body = {"track_id": ALIAS, "performer_name": f"Guest {number}"}
                assert (await guest.post("/queue/party/items", json=body)).status_code == 201
        # Then every screen has all of it, in the same order
        await asyncio.gather(*(screen.until(lambda s=screen: len(s.items) == 8) for screen in screens))
    assert len({tuple(screen.ids) for screen in screens}) == 1
    assert all(screen.resets == 0 and screen.snapshots == 1 for screen in screens)
