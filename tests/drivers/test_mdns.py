"""A server announces itself, and a speaker finds it. On the loopback interface: nothing leaves this machine."""

import pytest

from api_queue.clients.speaker import network
from api_queue.clients.speaker.network import found_server
from api_queue.drivers import mdns
from api_queue.drivers.mdns import announced
from api_queue.errors import StartRefused

LOOPBACK = "127.0.0.1"


def test_both_speak_of_the_same_service() -> None:
    assert mdns.SERVICE == network.SERVICE


async def test_a_speaker_finds_the_server_that_announces_itself() -> None:
    with announced("http://127.0.0.1:8123", [LOOPBACK]):
        assert await found_server(LOOPBACK) == "http://127.0.0.1:8123"


async def test_where_nobody_announces_anything_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "_LOOK_S", 0.2)

    with pytest.raises(StartRefused, match="--server"):
        await found_server(LOOPBACK)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # zeroconf leaves a socket open then
async def test_an_address_that_is_not_ours_ends_nothing() -> None:
    with announced("http://127.0.0.1:8123", ["192.0.2.7"]):
        pass
