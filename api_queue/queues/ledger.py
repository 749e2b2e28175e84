"""What stands beside the list of a sorted queue (docs/rules.md). A score is an item's round or its weight."""

from collections.abc import Mapping

from msgspec import Struct

from api_queue.types import GuestId, ItemId, Role


class Bill(Struct, frozen=True):
    """Who pays for an item: `singers` as `same_performer`, and its guest, '' for nobody. `charge` in turns, of each."""

    singers: tuple[str, ...]
    guest: str
    charge: float


class Sorting(Struct, frozen=True, omit_defaults=True):
    """What a new item is placed by: its weight, or who pays for it. Behind the first `soon` in any case."""

    soon: int
    weight: float | None = None
    bill: Bill | None = None


class Moved(Struct, frozen=True, rename={"from_": "from"}):
    """An item was moved by hand at `at_ms`, from one place to another (1 is the next); or it let somebody else pass."""

    at_ms: int
    by: Role
    from_: int
    to: int
    passed: bool = False


class Ledger(Struct, frozen=True):
    """What stands beside the list: of what waits its score and whether a host moved it, of payers the turns that they
    were charged, of guests their table. At revision `rev`.
    """

    rev: int
    scores: Mapping[ItemId, float]
    turns: Mapping[str, float]
    tables: Mapping[GuestId, str]
    moved: frozenset[ItemId] = frozenset()
