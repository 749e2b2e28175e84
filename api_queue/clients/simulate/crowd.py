"""Who comes to the party, when, and with which manners: pure, and the same for the same seed."""

import random
from dataclasses import dataclass
from typing import Final, Literal

# fmt: off
Kind = Literal[
    "normal", "eager", "latecomer", "leaver", "deleter", "duet", "table", "new cookie", "new name", "new both",
]
# fmt: on

#: How many of forty; the rest are normal. Each kind comes at least once where there is room for all.
_OF_FORTY: Final[dict[Kind, int]] = {
    **{"eager": 6, "latecomer": 4, "leaver": 3, "deleter": 3, "duet": 2},
    **{"new cookie": 1, "new name": 1, "new both": 1, "table": 8},
}
#: Those who stay to the end and always want another song, so that their turns can be compared. Who is a new person at
#: each song, by cookie and by name, is one for himself alone.
STEADY: Final[frozenset[Kind]] = frozenset({"normal", "eager", "duet", "table", "new cookie", "new name"})
#: Songs that they want to have waiting; the others one.
GREEDY: Final[dict[Kind, int]] = {"eager": 5, "new cookie": 5, "new name": 5}
#: Doors are open for so long before the first comers are all there.
_OPENING_MS: Final = 15 * 60_000
_LOOK_MS: Final = (60_000, 240_000)


@dataclass(frozen=True, slots=True)
class Guest:
    """Times in ms since the doors opened. `look_ms` is between two looks at the phone; two sing under a duet's name."""

    name: str
    kind: Kind
    arrives_ms: int
    leaves_ms: int
    look_ms: int

    @property
    def wants(self) -> int:
        return GREEDY.get(self.kind, 1)

    @property
    def party(self) -> str:
        """Whose turns they are counted as: a table's are shared."""
        return "table" if self.kind == "table" else self.name

    @property
    def charge(self) -> float:
        """Of a turn, for each who sings."""
        return 0.5 if self.kind == "duet" else 1.0


def crowd(seed: int, count: int, length_ms: int) -> tuple[Guest, ...]:
    dice = random.Random(seed)  # noqa: S311 - a seed is what we want
    kinds = _kinds(count)
    dice.shuffle(kinds)
    return tuple(_guest(dice, number, kind, length_ms) for number, kind in enumerate(kinds, 1))


def _kinds(count: int) -> list[Kind]:
    """The rarest first, so that a small party has one of each, and a crowd their shares."""
    found: list[Kind] = []
    for kind, share in sorted(_OF_FORTY.items(), key=lambda pair: pair[1]):
        found += [kind] * max(1, round(share * count / 40))
    normal: list[Kind] = ["normal"] * (count - len(found))
    return found[:count] + normal


def _guest(dice: random.Random, number: int, kind: Kind, length_ms: int) -> Guest:
    opening_ms = min(_OPENING_MS, length_ms // 4)
    arrives_ms = length_ms // 2 if kind == "latecomer" else dice.randrange(opening_ms)
    leaves_ms = dice.randrange(length_ms // 2, length_ms) if kind == "leaver" else length_ms
    name = f"Guest {number:03} & Friend {number:03}" if kind == "duet" else f"Guest {number:03}"
    return Guest(name, kind, arrives_ms, leaves_ms, dice.randint(*_LOOK_MS))
