"""Audit lines: who did what when, by token."""

import json

import pytest

from tests.accounts.house import OTHER, PARTY, House


async def test_a_line_says_when_who_what_and_where(house: House) -> None:
    before = house.clock.now_ms()
    await house.audit.write("token", "invite", PARTY, role="helper", uses=2)
    [line] = await house.audit.lines()
    assert before <= line.at_ms <= house.clock.now_ms()
    assert (line.token_id, line.action, line.queue) == ("token", "invite", PARTY)
    assert json.loads(line.detail) == {"role": "helper", "uses": 2}


async def test_what_concerns_no_queue_names_none(house: House) -> None:
    await house.audit.write("token", "login")
    [line] = await house.audit.lines()
    assert (line.queue, line.detail) == (None, "{}")


@pytest.mark.parametrize(("limit", "actions"), [(1, ["c"]), (2, ["c", "b"]), (100, ["c", "b", "a"])])
async def test_the_newest_come_first_and_no_more_than_asked_for(house: House, limit: int, actions: list[str]) -> None:
    for action in "abc":
        await house.audit.write("token", action, OTHER)
    assert [line.action for line in await house.audit.lines(limit)] == actions


async def test_lines_of_one_millisecond_keep_their_order(house: House) -> None:
    house.audit._clock = Frozen()
    for number in range(5):
        await house.audit.write("token", f"{number}")
    assert [line.action for line in await house.audit.lines()] == ["4", "3", "2", "1", "0"]


class Frozen:
    def now_ms(self) -> int:
        return 1_700_000_000_000
