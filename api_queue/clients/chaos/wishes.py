"""What guests and host asked for, and so what may be now: pure.

What was answered holds. What was not may have happened, or not, or may happen yet: both is right.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from api_queue.types import ItemId

Verb = Literal["add", "rename", "remove"]
Outcome = Literal["done", "refused", "unknown"]


@dataclass(slots=True)
class Wish:
    """One song of one guest. `tag` begins each of its names, and no other song's. `settled`: nothing of it is open."""

    tag: str
    names: set[str] = field(default_factory=set)
    item_id: ItemId | None = None
    may_be_there: bool = False
    may_be_gone: bool = True
    settled: bool = True

    def take(self, verb: Verb, outcome: Outcome, name: str = "") -> None:
        """`name`: the one that it was to have. A refusal has changed nothing."""
        if outcome == "refused":
            return
        done = outcome == "done"
        if verb == "remove":
            self.may_be_there, self.may_be_gone = not done and self.may_be_there, True
            return
        if verb == "add":
            self.may_be_there, self.may_be_gone = True, not done
        self.names = {name} if done else self.names | {name}


def tag_of(name: str) -> str:
    """Of a name that a song has now: `guest 7 song 12 take 3` is one of `guest 7 song 12`."""
    return name.partition(" take ")[0]


@dataclass(slots=True)
class Wishes:
    """All of them. The queue has the title `title`, or one of `perhaps`. `moved`: how often the host moved a song.

    `repeated`: changes whose first try was not answered, and that were asked for again.
    """

    songs: list[Wish] = field(default_factory=list)
    title: str = ""
    perhaps: set[str] = field(default_factory=set)
    moved: Counter[ItemId] = field(default_factory=Counter)
    repeated: int = 0
    outcomes: Counter[Outcome] = field(default_factory=Counter)

    def take_title(self, title: str, outcome: Outcome) -> None:
        if outcome == "done":
            self.title = title
        elif outcome == "unknown":
            self.perhaps.add(title)
