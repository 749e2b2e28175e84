"""Why an item stands where it does, in sentences that a guest reads. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from api_queue.errors import UnknownItem
from api_queue.formats.performers import same_performer, singers
from api_queue.queues.ledger import Ledger, Moved
from api_queue.queues.models import Item, QueueView
from api_queue.queues.order import bill, payers, was_sung
from api_queue.queues.refusals import clock_text
from api_queue.queues.settings import Order
from api_queue.queues.turn_taking import is_paused
from api_queue.types import GuestId, ItemId

#: As many of those in front are named.
AHEAD: Final = 100


class Why(Struct, frozen=True):
    """`round` (or weight) is what it is sorted by, None where nothing is; `turns` what whoever has
    most of those who pay for it had before it. `ahead`: the first that go before it.
    """

    item: Item
    position: int
    order: Order
    sentences: Sequence[str]
    moves: Sequence[Moved]
    ahead: Sequence[Item]
    score: float | None = None
    turns: float | None = None


def why(view: QueueView, item_id: ItemId, ledger: Ledger, moves: Sequence[Moved]) -> Why:
    """Of what waits, and of the current item. Raises UnknownItem."""
    current, order = view.current, view.queue.settings.order
    if current and current.id == item_id:
        return Why(current, 0, order, ["It is on now.", *(told(move) for move in moves)], moves, ())
    place = next((place for place, item in enumerate(view.to_come) if item.id == item_id), None)
    if place is None:
        raise UnknownItem(item_id=item_id)
    item, score = view.to_come[place], ledger.scores.get(item_id)
    turns = _had(item, view, ledger.tables) if order == "fair" else {}
    sentences = [f"It is number {place + 1} of {view.queue.waiting} that wait."]
    soon = place < view.queue.settings.coming_soon_count
    sentences += _by_order(view, item, score, turns, soon=soon)
    sentences += [told(move) for move in moves]
    sentences += _by_place(view, item, place)
    most = max(turns.values(), default=None)
    return Why(item, place + 1, order, sentences, moves, view.to_come[:place][:AHEAD], score, most)


def _had(item: Item, view: QueueView, tables: Mapping[GuestId, str]) -> dict[str, float]:
    """Of each of its payers the turns of what was sung, is on, or waits and was added before. Without what a latecomer
    is charged for: nobody would understand it.
    """
    had = dict.fromkeys(payers(bill(item), tables), 0.0)
    by_adding = sorted(view.to_come, key=lambda other: other.timestamp_added)
    for other in (*filter(was_sung, view.over), *by_adding[: by_adding.index(item)]):
        for payer, charge in payers(bill(other), tables).items():
            if payer in had:
                had[payer] += charge
    return had


def told(move: Moved) -> str:
    if move.passed:
        return f"It let somebody else go first at {clock_text(move.at_ms)}."
    hand = "A helper" if move.by == "helper" else "The host"
    return f"{hand} moved it from place {move.from_} to place {move.to} at {clock_text(move.at_ms)}."


def _by_order(
    view: QueueView, item: Item, score: float | None, turns: Mapping[str, float], *, soon: bool
) -> Iterator[str]:
    added = f"it was added at {clock_text(item.timestamp_added)}"
    match view.queue.settings.order:
        case "fair":
            yield from _by_turns(item, score or 0, turns, soon=soon)
            yield f"Within a round what was added first plays first; {added}."
        case "weight":
            yield f"It weighs {_number(item.weight)}, and the lighter plays first."
            yield f"Of the same weight what was added first plays first; {added}."
        case _ if view.queue.session.shuffle:
            yield f"The queue is shuffled; {added}."
        case _:
            yield f"What was added first plays first; {added}."


def _by_turns(item: Item, score: float, turns: Mapping[str, float], *, soon: bool) -> Iterator[str]:
    """What comes soon is in front of lower rounds, and may have taken one over: its place does not come from that."""
    if not turns:
        yield "It is charged to nobody."
        return
    payer = max(turns, key=lambda payer: (turns[payer], payer[0] == "p"))
    had = turns[payer]
    yield f"{_who(payer, item)} had {_turns(had)} before it: sung tonight, or waiting."
    if score > had:
        yield f"It goes with those who had {_turns(score)}: who comes later gains one round, not all."
    elif score < had and not soon:
        yield f"It goes with those who had {_turns(score)}."
    if len(singers(item.performer_name)) > 1:
        yield "A duet is half a turn for each."


def _by_place(view: QueueView, item: Item, place: int) -> Iterator[str]:
    soon = view.queue.settings.coming_soon_count
    if place < soon and view.queue.settings.order != "fifo":
        yield f"The next {soon} never move by themselves."
    if is_paused(item.performer_name, view.queue.paused):
        yield f"{item.performer_name} is not there just now: the host lets others go first, and the place is kept."


def _who(payer: str, item: Item) -> str:
    kind, _, key = payer.partition(":")
    if kind == "g":
        return f"Table {key} has"
    if kind == "o":
        return "Who added it has"
    shown = (part.strip() for part in item.performer_name.split(" & "))
    return f"{next((name for name in shown if same_performer(name) == key), item.performer_name)} has"


def _turns(turns: float) -> str:
    if turns <= 0:
        return "no turn"
    return {0.5: "half a turn", 1: "one turn"}.get(turns, f"{_number(turns)} turns")


def _number(number: float) -> str:
    return repr(number).removesuffix(".0")
