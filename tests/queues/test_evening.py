"""An evening of everything at once: the list, what stands beside it, and what a reader of the events knows agree."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random
from typing import Any

import pytest

from api_queue.errors import ApiQueueError
from api_queue.queues.models import QueueView
from api_queue.queues.turn_taking import stands_back
from tests.acceptance.readers import change_list
from tests.queues.agreement import check_index
from tests.queues.party import HOST, Party, X, guest

NAMES = ("Ana", "Bo", "Cleo", "Ana & Bo", "Dora")
MARKS = ("paused", "ready", "moved")
COMMANDS = ("play", "next", "skip", "stop", "prev", "restart", "seek_forwards", "toggle", "play_one")


class Reader:
    """Knows nothing but the events."""

    def __init__(self) -> None:
        self.heard = 0
        self.items: list[dict[str, Any]] = []
        self.marks: dict[str, list[str]] = {mark: [] for mark in MARKS}

    def read(self, events: list[dict[str, Any]]) -> None:
        for event in events[self.heard :]:
            for change in event.get("changes", ()):
                change_list(self.items, change)
            self.marks |= {mark: event[mark] for mark in MARKS if mark in event}
        self.heard = len(events)


async def something(party: Party, chance: Random) -> object:
    """Whatever guests and hosts may think of."""
    view, parts = await party.view(), party.parts
    name, other = chance.choice(NAMES), chance.choice(NAMES)
    item = chance.choice(view.to_come or view.items or (None,))
    asking = chance.choice(view.lobby or (None,))
    verbs: list[Callable[[], Awaitable[object]]] = [
        lambda: party.add(name, guest(name[:3].lower()), track=chance.randrange(10)),
        lambda: party.add(name, HOST, track=chance.randrange(10)),
        lambda: party.press(chance.choice(COMMANDS)),
        lambda: parts.transport.end(X),
        lambda: parts.turn_taking.pause(X, name),
        lambda: parts.turn_taking.resume(X, other),
        lambda: parts.undoing.undo(X, "host"),
        lambda: party.set(approval=chance.choice(["off", "excess", "all"]), max_per_guest=chance.choice([1, 3])),
    ]
    if item:
        owner = guest(item.session_owner)
        verbs += [
            lambda: parts.turn_taking.ready(X, item.id, owner),
            lambda: parts.turn_taking.let_go_first(X, item.id, owner),
            lambda: parts.items.remove(X, item.id, owner),
            lambda: parts.items.move(X, item.id, chance.choice([None, *(i.id for i in view.to_come)]), HOST),
        ]
    if asking:
        verbs += [lambda: parts.lobby.admit(X, asking.id, "host"), lambda: parts.lobby.refuse(X, asking.id, "helper")]
    return await chance.choices(verbs, [3, 1, 3, *[1] * (len(verbs) - 3)])[0]()


def check_turns(view: QueueView, before: QueueView) -> None:
    """What began is the first that did not stand back, where that was not put there by name; and music of the fallback
    waits at most once.
    """
    assert sum(item.by_server for item in view.to_come) <= 1
    began = view.current
    if began in before.to_come and stands_back(began, before.queue.paused) and not began.by_server:
        raise AssertionError(began)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("order", ["fifo", "fair"])
async def test_all_know_the_same_of_an_evening(party: Party, order: str, seed: int) -> None:
    chance, reader = Random(f"{order} {seed}"), Reader()
    await party.set(order=order, coming_soon_count=2, fallback={"tracks": party.tracks[:3]}, track_space=1)
    before = await party.view()
    for _ in range(60):
        party.clock.pass_s(chance.choice([0, 5, 20]))
        with suppress(ApiQueueError):
            await something(party, chance)
        await check_index(party.parts.redis, X)
        view, shown = await party.view(), await party.shown()
        reader.read(await party.events())
        assert known(reader.items, reader.marks) == known(shown["items"], shown)
        check_turns(view, before)
        before = view


def known(items: list[dict[str, Any]], marks: dict[str, Any]) -> tuple[Any, ...]:
    """As events carry it; the lobby is in no order, and of marks only those of what is there say anything."""
    here = [item | {"position": None, "timestamp_expected": None} for item in items if item["status"] != "lobby"]
    asking = {item["id"] for item in items if item["status"] == "lobby"}
    ids = [{item["id"] for item in here} & set(marks[mark]) for mark in ("ready", "moved")]
    return here, asking, ids, sorted(marks["paused"])
