"""Changes of an item that the body's shape refuses, through a whole server."""

from typing import Any

import pytest

from tests.house import House
from tests.queues.test_blueprint import add, items


@pytest.mark.parametrize(
    "change",
    [
        {"timestamp_play": 10**17},
        {"timestamp_play": -1},
        {"weight": 1e300},
        {"position": 0},
        {"before": "A", "after": "B"},
        {"performer_nmae": "Bo"},
    ],
)
async def test_a_change_that_no_list_could_keep_is_refused(house: House, change: dict[str, Any]) -> None:
    async with house.admin() as host:
        item = await add(host)
        answer = await host.put(f"/queue/party/items/{item['id']}", json=change)
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")
    assert [i["performer_name"] for i in await items(house)] == ["Ana"]


async def test_a_weight_in_a_form_is_a_number(house: House) -> None:
    async with house.admin() as host:
        item = await add(host)
        answer = await host.put(f"/queue/party/items/{item['id']}", data={"weight": "nan"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_body")
