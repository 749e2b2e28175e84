"""The recording of a list, heard by whoever writes the list."""

import pytest

from api_queue.accounts.api_keys import queue_rights
from tests.house import House
from tests.tracklists.lists import LISTS, RECORDING, Author

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_an_author_hears_the_recording(author: Author, shared_house: House) -> None:
    made = await author.make(audio_file_id=RECORDING)
    async with shared_house.nobody() as client:
        assert (await client.post(f"{LISTS}/{made['id']}/listen")).status_code == 401
        given = await author.done("POST", f"/{made['id']}/listen")
        heard = await client.get(given["url"], headers={"Range": "bytes=0-3"})
    assert (heard.status_code, heard.content) == (206, b"fLaC")
    assert given["part_of"] is None


async def test_a_program_makes_lists_and_hears_none(shared_house: House) -> None:
    value = await shared_house.parts.api_keys.create("bot", queue_rights({"*": ["write"]}))
    async with shared_house.nobody() as client:
        client.headers["X-API-Key"] = value
        bot = Author(client)
        made = await bot.make(audio_file_id=RECORDING)
        status, code, _ = await bot.refused("POST", f"/{made['id']}/listen")
    assert (status, code) == (403, "missing_right")


@pytest.mark.parametrize(("audio", "code"), [(None, "no_recording"), ("nowhere", "unknown_track")])
async def test_what_is_not_here_cannot_be_heard(author: Author, audio: str | None, code: str) -> None:
    made = await author.make(audio_file_id=audio)
    status, refusal, _ = await author.refused("POST", f"/{made['id']}/listen")
    assert (status, refusal) == (404, code)
