"""A network on a card: what is kept of it, which is nothing."""

import logging

import pytest

from tests.engines.keys import keys_like
from tests.house import House

PASSWORD = "seven owls on a slow lift"
WIFI = {"ssid": "Home", "password": PASSWORD}


@pytest.mark.parametrize(
    ("wifi", "said"),
    [
        ({"ssid": "", "password": PASSWORD}, "ssid"),
        ({"ssid": "é" * 17, "password": PASSWORD}, "at most 32 bytes"),
        ({"ssid": "Home", "password": "short"}, "8 to 64 characters"),
        ({"ssid": "Home", "password": PASSWORD * 3}, "length <= 64"),
    ],
)
async def test_what_is_no_network_is_said_without_its_password(house: House, wifi: dict[str, str], said: str) -> None:
    async with house.admin() as host:
        answer = await host.post("/queue/party/card/wifi", json=wifi)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")
    assert said in answer.json()["detail"]
    assert wifi["password"] not in answer.text


async def test_a_network_is_drawn_for_the_host_and_kept_nowhere(house: House, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with house.guest() as guest, house.admin() as host:
        assert (await guest.post("/queue/party/card/wifi", json=WIFI)).status_code in {401, 403}
        # Given a host who asks so that it happens once
        key = {"Idempotency-Key": "card-1"}
        first = await host.post("/queue/party/card/wifi", json=WIFI, headers=key)
        again = await host.post("/queue/party/card/wifi", json=WIFI, headers=key)
    # Then the picture is given once, and kept as no picture
    drawn = first.json()["image"].partition(",")[2]
    assert len(drawn) > 1000
    assert again.json()["image"] == "data:image/svg+xml;base64,***"
    kept = [await value_of(house, key) for key in await keys_like(house.parts.redis, "*")]
    assert drawn not in "".join(kept)
    assert PASSWORD not in "".join(kept) + caplog.text


async def value_of(house: House, key: str) -> str:
    read = {"string": ("GET",), "hash": ("HGETALL",), "set": ("SMEMBERS",), "list": ("LRANGE", 0, -1)}
    kind = await house.parts.redis.call("TYPE", key)
    if kind not in read:
        return ""
    command, *bounds = read[kind]
    return f"{await house.parts.redis.call(f'{command}', key, *bounds)}"
