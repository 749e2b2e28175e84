"""Cards and pauses of a queue, and the swap of two of its items, on Redis."""

from typing import Any

from api_queue.queues import wire
from api_queue.queues.models import Item, Queue
from api_queue.queues.order import bill
from api_queue.queues.passing import Swap
from api_queue.queues.scripts import Scripts, event_of, rev_of
from api_queue.queues.turn_taking import Cards, Paused
from api_queue.types import Role


class RedisTurnTaking:
    """`turn_taking_service.Store`."""

    def __init__(self, scripts: Scripts) -> None:
        self._write = scripts.write

    async def put_cards(self, queue: Queue, cards: Cards, item: Item, now_ms: int) -> int | None:
        marks = ("cards", _text(queue.cards), _text(cards), _told(wire.ready_json(cards)))
        return rev_of(await self._write("mark", queue.name, now_ms, *marks, item.id, item.as_line()))

    async def put_paused(self, queue: Queue, paused: Paused, now_ms: int) -> int | None:
        marks = ("paused", _text(queue.paused), _text(paused), _told(wire.paused_json(paused)))
        return rev_of(await self._write("mark", queue.name, now_ms, *marks, "", ""))

    async def swap(self, queue: Queue, swap: Swap, cards: Cards, by: Role, now_ms: int) -> int | None:
        pair = (swap.place, *_parts(swap.item), swap.other_place, *_parts(swap.other))
        return rev_of(await self._write("swap", queue.name, now_ms, *_passed(queue, cards, by), *pair))

    async def postpone(self, queue: Queue, swap: Swap, cards: Cards, by: Role, now_ms: int) -> int | None:
        item, other = swap.item, swap.other
        pair = (swap.place, *_parts(item), wire.json_text(bill(item)), other.id, other.as_line())
        answer = await self._write("postpone", queue.name, now_ms, *_passed(queue, cards, by), *pair)
        return int(answer[2]) if answer[0] == "ok" else None


def _text(marks: Cards | Paused) -> str:
    """As the field of meta has it; '' where there are none."""
    return wire.json_text(marks) if marks else ""


def _told(marks: dict[str, Any]) -> str:
    """Where the list stays as it is."""
    return event_of(("items_change", {"changes": [], **marks}))[2]


def _passed(queue: Queue, cards: Cards, by: Role) -> tuple[str, str, str, str]:
    """The four that swap.lua and postpone.lua take first."""
    return _text(queue.cards), _text(cards), by, wire.json_text(wire.ready_json(cards))[1:-1]


def _parts(item: Item) -> tuple[str, str, int]:
    return item.id, item.as_line(), item.track_duration_ms
