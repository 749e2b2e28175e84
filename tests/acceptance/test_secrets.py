"""The cookie of a guest is theirs alone: no answer, topic, key, log or file that another can read has it."""

import asyncio
from pathlib import Path

from tests.acceptance.live import a_live_server
from tests.acceptance.readers import Screen

ALIAS = "KAT_TUN_Your_side_Instrumental_"
COOKIE = "guest-number-000000000007"


async def test_a_guests_cookie_appears_nowhere(tmp_path: Path) -> None:
    # Given a server that logs all it can, a screen, and a reader of every topic
    async with a_live_server(tmp_path, "--workers", "1", config='log_level = "debug"\n') as live:
        topics = await asyncio.create_subprocess_exec(
            *("mosquitto_sub", "-h", "127.0.0.1", "-p", str(live.mqtt_port), "-t", "#", "-v"),
            stdout=asyncio.subprocess.PIPE,
        )
        async with Screen(live.url, "party") as screen, live.guest(7) as ana:
            # When a guest adds, renames, takes back and is refused
            body = {"track_id": ALIAS, "performer_name": "Ana"}
            added = (await ana.post("/queue/party/items", json=body)).json()
            await ana.put(f"/queue/party/items/{added['id']}", json={"performer_name": "Zed"})
            await ana.post("/queue/party/command/play")
            await ana.post("/queue/party/items", json={**body, "track_id": "nothing"})
            await ana.delete(f"/queue/party/items/{added['id']}")
            async with await live.admin() as host:
                paths = [
                    "/queue/",
                    "/queue/party/",
                    "/queue/party/queue.csv",
                    "/queue/party/history",
                    "/queue/party/tokens",
                ]
                answers = [(await host.get(path)).text for path in paths]
            await screen.until(lambda: len(screen.revs) >= 4)
        heard = await read_until_quiet(topics)
    # Then their cookie stands nowhere
    assert COOKIE not in "".join(answers)
    assert COOKIE not in heard
    assert "items_change" in heard or '"changes"' in heard
    assert files_with(COOKIE, tmp_path) == []


def files_with(text: str, folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and text.encode() in path.read_bytes()]


async def read_until_quiet(process: asyncio.subprocess.Process) -> str:
    """Everything that has been published so far."""
    assert process.stdout is not None
    heard = b""
    while True:
        try:
            heard += await asyncio.wait_for(process.stdout.readline(), 1)
        except TimeoutError:
            process.terminate()
            await process.wait()
            return heard.decode()
