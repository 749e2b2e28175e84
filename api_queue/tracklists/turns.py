"""Whose turn it is to ask the site: what the polite client needs of a store that all processes share."""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

#: How many may wait; with a pause of eight seconds the last of them waits for a minute and more.
MOST_WAITING: Final = 20
#: And of one caller: with a pause of eight seconds they cost anybody else sixteen.
MOST_OF_ONE: Final = 2
#: They are one caller together: anybody can be many of them.
GUESTS: Final = "guests"
#: Who has not asked for so long has left the line.
GONE_MS: Final = 5_000
#: The breaker is never open for longer by itself.
LONGEST_OPEN_MS: Final = 3_600_000


@dataclass(frozen=True, slots=True)
class Asked:
    """`turn`: the request may be sent. `wait`: ask again, there is a pause of so long. `open`: the breaker is, for so
    long, and why. `full`: too many wait, or too many of this caller.
    """

    what: Literal["turn", "wait", "open", "full"]
    ms: int = 0
    reason: str = ""
    #: It was a block that opened the breaker.
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request went. `left`: nobody can tell, since its caller went away. `at_least_ms`: as the site asks."""

    outcome: Literal["ok", "failed", "blocked", "left"]
    reason: str = ""
    at_least_ms: int = 0


@dataclass(frozen=True, slots=True)
class Breaker:
    """`open_ms`: for so long."""

    open_ms: int
    failures: int
    reason: str
    blocked: bool
    #: So many failures in a row open it.
    most: int
    #: How many wait for their turn.
    waiting: int = 0

    @property
    def state(self) -> Literal["closed", "open", "half_open"]:
        """Half open: it was open, and the next request tries whether the site is there again."""
        if self.open_ms:
            return "open"
        return "half_open" if self.failures >= self.most else "closed"


class Turns(Protocol):
    async def begin(self, who: str, turn_ms: int) -> Asked:
        """A place in the line, or one's turn: without another sign it ends after `turn_ms`. `who` is `CALLER:ID`, and
        without a caller one of the server's own tasks.
        """

    async def end(self, who: str, ending: Ending, pause_ms: int, turn_ms: int) -> int:
        """Of the request, not of the turn. For how many ms the breaker is open now."""

    async def leave(self, who: str) -> None:
        """The next one's turn."""

    async def breaker(self) -> Breaker: ...

    async def robots(self) -> str | None:
        """The site's robots.txt, empty where it has none; None: it has to be read again."""

    async def keep_robots(self, text: str) -> None: ...
