"""How a speaker is let in, and turned away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from api_queue.clients.speaker.api import Api
from api_queue.clients.speaker.clock import ServerClock
from api_queue.clients.speaker.joining import Joining
from api_queue.clients.speaker.state_file import Known, StateFile
from api_queue.errors import StartRefused
from api_queue.types import DeviceId, QueueName
from tests.house import House

PARTY = QueueName("party")

#: One server for all: each test has devices of its own.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest.fixture(scope="module")
def house(shared_house: House) -> House:
    return shared_house


@pytest_asyncio.fixture(loop_scope="module")
async def host(house: House) -> AsyncIterator[httpx.AsyncClient]:
    async with house.admin() as host:
        yield host


@pytest_asyncio.fixture(loop_scope="module")
async def state(tmp_path: Path) -> AsyncIterator[StateFile]:
    state = StateFile(tmp_path / "state")
    yield state
    state.close()


async def joined(url: str, state: StateFile, token: str | None = None) -> Known:
    api = Api(url, ServerClock())
    try:
        return await Joining(api, url, state).device("Kitchen", PARTY, token)
    finally:
        await api.close()


async def code_of_who_waits(host: httpx.AsyncClient) -> str:
    async with asyncio.timeout(30):
        while not (waiting := (await host.get("/queue/party/devices/requests")).json()["requests"]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return str(waiting[0]["code"])


async def test_who_is_known_is_not_asked_again(house: House, state: StateFile) -> None:
    first = await joined(house.url, state, house.admin_token)

    assert await joined(house.url, state) == first


async def test_who_was_removed_is_the_same_device_again_with_a_token_of_the_queue(
    house: House, host: httpx.AsyncClient, state: StateFile
) -> None:
    first = await joined(house.url, state, house.admin_token)
    await host.delete(f"/devices/{first.device_id}", params={"queue": "party"})

    again = await joined(house.url, state, house.admin_token)

    assert again.device_id == first.device_id
    assert again.token != first.token
    assert state.known(house.url, PARTY) == again


async def test_whom_the_host_refuses_is_told_in_a_sentence(
    house: House, host: httpx.AsyncClient, state: StateFile, capsys: pytest.CaptureFixture[str]
) -> None:
    asking = asyncio.create_task(joined(house.url, state))
    code = await code_of_who_waits(host)

    await host.delete(f"/queue/party/devices/requests/{code}")

    with pytest.raises(StartRefused, match=r"^The server did not take the speaker in: .*\."):
        await asking
    assert f"its code is {code}." in capsys.readouterr().err
    assert state.known(house.url, PARTY) is None


async def test_a_queue_that_is_not_there_is_named(house: House, host: httpx.AsyncClient, tmp_path: Path) -> None:
    api = Api(house.url, ServerClock())
    state = StateFile(tmp_path)

    with pytest.raises(StartRefused, match="nowhere"):
        await Joining(api, house.url, state).device("Kitchen", QueueName("nowhere"), house.admin_token)

    state.close()
    await api.close()


async def test_a_server_that_is_away_is_waited_for_and_spoken_of_once(
    state: StateFile, capsys: pytest.CaptureFixture[str]
) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(1.3):
            await joined("http://127.0.0.1:1", state)

    assert capsys.readouterr().err == "Waiting for the server http://127.0.0.1:1: All connection attempts failed.\n"


async def test_a_token_of_another_server_is_shown_to_none(house: House, state: StateFile) -> None:
    state.keep(Known("http://elsewhere.local", PARTY, DeviceId("k"), "aq_elsewhere"))

    known = await joined(house.url, state, house.admin_token)

    assert known.server == house.url
    assert known.device_id != "k"
