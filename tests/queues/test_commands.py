"""One door for every command: who may press what, and what the other services do behind it."""

from typing import Any

import pytest

from api_queue.errors import MissingRight, UnknownCommand, UnknownQueue
from api_queue.queues.models import Queue
from api_queue.queues.transport import RULES
from api_queue.types import QueueName, Role
from tests.queues.party import Party, X


async def run(party: Party, command: str, by: Role = "host", **args: Any) -> Queue:
    return (await party.parts.commands.run(X, command, args, by)).queue


async def test_close_and_open_are_a_setting(party: Party) -> None:
    assert not (await run(party, "close")).settings.accepting
    assert (await run(party, "open")).settings.accepting
    assert [event["name"] for event in (await party.events())[-2:]] == ["settings_change"] * 2


async def test_closing_what_is_closed_costs_no_revision(party: Party) -> None:
    rev = (await run(party, "close")).rev
    assert (await run(party, "close")).rev == rev


async def test_clear_takes_what_waits_and_answers_the_queue_as_it_is_then(party: Party) -> None:
    await party.add_all("ABC")
    await run(party, "play")
    cleared = await run(party, "clear")
    assert (cleared.total, cleared.waiting, cleared.waiting_ms) == (1, 0, 0)
    assert cleared.session.state == "playing"


async def test_a_command_of_the_transport_is_told_with_who_gave_it(party: Party) -> None:
    await party.add()
    await run(party, "play", "admin")
    assert (await party.events())[-1]["by"] == "admin"


async def test_a_helper_skips(party: Party) -> None:
    await party.add()
    await run(party, "play")
    assert (await run(party, "skip", "helper")).session.state == "stopped"
    assert (await party.view()).items[0].status == "skipped"


@pytest.mark.parametrize("command", sorted({*RULES, "seek", "open", "close", "clear", "undo"} - {"skip"}))
async def test_a_helper_presses_nothing_else(party: Party, command: str) -> None:
    await party.add()
    before = await party.view()
    with pytest.raises(MissingRight, match="the host"):
        await run(party, command, "helper", position_ms=0)
    assert await party.view() == before


async def test_an_unknown_command_changes_nothing(party: Party) -> None:
    before = await party.view()
    with pytest.raises(UnknownCommand, match="'undo_everything'"):
        await run(party, "undo_everything")
    assert await party.view() == before


@pytest.mark.parametrize("command", ["play", "close", "clear", "undo"])
async def test_a_command_of_an_unknown_queue_is_an_unknown_queue(party: Party, command: str) -> None:
    with pytest.raises(UnknownQueue):
        await party.parts.commands.run(QueueName("nowhere"), command, {}, "host")
