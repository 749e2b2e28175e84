"""Where an item goes in a sorted queue, and who pays for it (docs/rules.md). Pure; `lua/order.lua` says the same.

A score is what the list is sorted by: an item's round (`fair`) or its weight (`weight`).
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from api_queue.formats.performers import singers
from api_queue.queues.arrangement import Arrangement
from api_queue.queues.deeds import Deed
from api_queue.queues.ledger import Bill, Ledger, Sorting
from api_queue.queues.models import Command, Edit, Item, QueueView, Shift
from api_queue.queues.settings import QueueSettings
from api_queue.types import GuestId, ItemId, ItemStatus

_NOBODY: Final = frozenset({"server"})
#: A skipped turn is not a turn, a failed one neither.
_UNSUNG: Final = frozenset({"skipped", "failed"})
_SUNG: Final = frozenset({"played", "playing"})


class Arranged(Struct, frozen=True):
    """All that waits, in its order and with its scores; the turns of payers, the round of what began last, and the
    highest that was the first to wait.
    """

    waiting: Sequence[tuple[Item, float]]
    turns: Mapping[str, float]
    round: float
    reached: float


def bill(item: Item) -> Bill:
    """A duet is half a turn, for its guest too. What the server adds itself is nobody's."""
    if item.added_by in _NOBODY:
        return Bill((), "", 0)
    together = singers(item.performer_name)
    return Bill(together, "" if item.by_host else item.session_owner, 1 if len(together) == 1 else 0.5)


def sorting(settings: QueueSettings, item: Item) -> Sorting | None:
    """None in a queue that is not sorted."""
    match settings.order:
        case "fair":
            return Sorting(settings.coming_soon_count, bill=bill(item))
        case "weight":
            return Sorting(settings.coming_soon_count, weight=item.weight)
        case _:
            return None


def billed_as(before: Item | None, after: Item, command: Command | None, now_ms: int) -> ItemStatus:
    """What it is afterwards; of a song that its owner took off while it was heard, `played`: else whoever leaves just
    before the end would have sung for nothing.
    """
    if before is None or before.status != "playing" or command is None or not command.is_withdrawal:
        return after.status
    return "played" if now_ms >= (before.timestamp_play or 0) else after.status


def turns_by(before: ItemStatus, after: ItemStatus) -> int:
    """-1: its turns are given back, as nobody sings for it; 1: charged again, since somebody does after all."""
    if before in {"queued", "playing"} and after in _UNSUNG:
        return -1
    return int(before in _UNSUNG and after == "playing")


def payers(bill: Bill, tables: Mapping[GuestId, str]) -> dict[str, float]:
    """Fields of the hash of turns, and what each is charged: a table has one turn, however many sing."""
    charges = {f"p:{name}": bill.charge for name in bill.singers}
    if bill.guest:
        charges[f"o:{bill.guest}"] = bill.charge
        if table := tables.get(GuestId(bill.guest)):
            charges[f"g:{table}"] = 1
    return charges


def charged(turns: Mapping[str, float], charges: Mapping[str, float], reached: float) -> tuple[float, dict[str, float]]:
    """The round of a new item, and the turns with it. Who comes late begins a round before the one `reached`: not with
    none, and not before another latecomer.
    """
    floor = max(0, reached - 1)
    known = {payer: max(floor, turns.get(payer, 0)) for payer in charges}
    after = {payer: known[payer] + charge for payer, charge in charges.items()}
    return max(known.values(), default=floor), {**turns, **after}


def given_back(turns: Mapping[str, float], charges: Mapping[str, float]) -> dict[str, float]:
    after = {**turns, **{payer: turns.get(payer, 0) - charge for payer, charge in charges.items()}}
    return {payer: left for payer, left in after.items() if left > 0}


def place(scores: Sequence[float], score: float, soon: int) -> tuple[int, list[float]]:
    """The index among what waits, behind its equals and what comes soon, and the scores of the others afterwards. What
    it would go before, and may not, takes its score: so the list stays sorted.
    """
    others = [*(min(other, score) for other in scores[:soon]), *scores[soon:]]
    return bisect_right(others, score), others


def moved_up(waiting: Sequence[Item], left: Item, left_score: float, ledger: Ledger, floor: float) -> list[Shift]:
    """What moves when `left` went unsung, one after the other: the later items of its guest, of a host's add those of
    its performers, each to the round that its payers would have been in, but none before `floor`. `waiting` is what
    waits without it of those who pay for these.
    """
    turns = given_back(ledger.turns, payers(bill(left), ledger.tables))
    shifts = []
    for item in sorted(waiting, key=lambda item: (item.timestamp_added, ledger.scores[item.id]), reverse=True):
        before = {payer: turns.get(payer, 0) - charge for payer, charge in payers(bill(item), ledger.tables).items()}
        turns |= before
        score = max(floor, left_score, *before.values())
        if score < ledger.scores[item.id] and moves_with(item, left) and item.id not in ledger.moved:
            shifts.append(Shift(item, score))
    shifts.reverse()
    return sorted(shifts, key=lambda shift: ledger.scores[shift.item.id])


def weighed(edit: Edit, waiting: Sequence[Item], scores: Mapping[ItemId, float]) -> Edit:
    """In the order of weights: to where its new weight belongs, or with the weight of the place where it goes."""
    others = [item for item in waiting if item.id != edit.before.id]
    if edit.target is None:
        index = bisect_right([scores[other.id] for other in others], edit.after.weight)
        stays = index < len(waiting) and waiting[index].id == edit.before.id
        target = None if stays else others[index] if index < len(others) else "end"
        return replace(edit, target=target, score=edit.after.weight)
    neighbour = others[-1] if edit.target == "end" and others else edit.target
    return replace(edit, after=replace(edit.after, weight=neighbour.weight)) if isinstance(neighbour, Item) else edit


def sorted_anew(
    over: Sequence[Item], waiting: Sequence[Item], settings: QueueSettings, tables: Mapping[GuestId, str]
) -> Arranged:
    """What comes soon stays, the rest is added once more in the order of its adding, after the turns of `over`."""
    turns, began = _turns_of(over, tables)
    soon = settings.coming_soon_count
    rest = sorted(waiting[soon:], key=lambda item: item.timestamp_added)
    return taken_in(Arranged((), turns, began, 0), (*waiting[:soon], *rest), settings, tables)


def taken_in(
    there: Arranged, items: Iterable[Item], settings: QueueSettings, tables: Mapping[GuestId, str]
) -> Arranged:
    """Each is added, one after the other, to what waits."""
    turns, reached = there.turns, there.reached
    order = [item for item, _ in there.waiting]
    scores = [score for _, score in there.waiting]
    for item in items:
        score = item.weight
        if settings.order == "fair":
            reached = max(reached, scores[0] if scores else there.round)
            score, turns = charged(turns, payers(bill(item), tables), reached)
        index, scores = place(scores, score, settings.coming_soon_count)
        order.insert(index, item)
        scores.insert(index, score)
    turns = turns if settings.order == "fair" else {}
    return Arranged(list(zip(order, scores, strict=True)), turns, there.round, reached)


def switched(view: QueueView, ledger: Ledger, settings: QueueSettings, deed: Deed) -> Arrangement:
    """The queue in another order. Where it is no longer sorted it stays as it stands."""
    new = None if settings.order == "fifo" else sorted_anew(view.over, view.to_come, settings, ledger.tables)
    turns = {payer: as_text(charged) for payer, charged in new.turns.items()} if new else {}
    return Arrangement(
        rev=view.queue.rev,
        keep=view.past,
        before=view.to_come,
        after=[item for item, _ in new.waiting] if new else view.to_come,
        scores={item.id: score for item, score in new.waiting} if new else {},
        fields={
            "turns": dict.fromkeys(ledger.turns, "") | turns,
            "meta": {"round": as_text(new.round) if new else "", "reached": as_text(new.reached) if new else ""},
        },
        settings=settings,
        deed=deed,
    )


def as_text(number: float) -> str:
    """As the scripts write it."""
    return repr(number).removesuffix(".0")


def was_sung(item: Item) -> bool:
    """Or is just now."""
    return item.status in _SUNG


def _turns_of(over: Sequence[Item], tables: Mapping[GuestId, str]) -> tuple[dict[str, float], float]:
    """What was sung and what is being sung, and the round that the last of it was in."""
    turns: dict[str, float] = {}
    began = 0.0
    for item in over:
        if was_sung(item):
            began, turns = charged(turns, payers(bill(item), tables), 0)
    return turns, began


def moves_with(item: Item, left: Item) -> bool:
    if left.by_host:
        return not set(singers(item.performer_name)).isdisjoint(singers(left.performer_name))
    return item.session_owner == left.session_owner and not item.by_host
