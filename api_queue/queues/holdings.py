"""What a guest has on a queue: what waits of theirs, their turns, points and token, and whether they have joined."""

from collections.abc import Sequence

from msgspec import Struct

from api_queue.queues import points
from api_queue.queues.points import Purse
from api_queue.queues.settings import QueueSettings
from api_queue.queues.tokens import Window
from api_queue.types import Milliseconds


class Holdings(Struct, frozen=True, kw_only=True):
    """`turns` are those that were charged (in `fair`); `purse` None is a full one, `table` None no table."""

    waiting: int = 0
    waiting_ms: int = 0
    turns: float = 0
    purse: Purse | None = None
    token: Window | None = None
    joined: bool = False
    table: str | None = None

    @classmethod
    def from_reply(cls, reply: Sequence[str]) -> "Holdings":
        """As `lua/holdings.lua` answers."""
        waiting, waiting_ms, turns, purse, token, place = reply
        return cls(
            waiting=int(waiting),
            waiting_ms=int(waiting_ms),
            turns=float(turns or 0),
            purse=Purse.from_text(purse) if purse else None,
            token=Window.from_text(token) if token else None,
            joined=bool(place),
            table=place[1:] or None,
        )

    def after_add(self, duration_ms: Milliseconds, settings: QueueSettings, now_ms: int, *, paid: bool) -> "Holdings":
        """`paid`: not by a host, who pays nothing and needs no token. Turns are not charged here."""
        purse, token = self.purse, self.token
        if paid and settings.limit_model == "points":
            purse = points.spent(purse, settings, points.cost(duration_ms), now_ms)
        if paid and settings.limit_model == "token" and token and token.open(now_ms):
            token = None
        return Holdings(
            waiting=self.waiting + 1,
            waiting_ms=self.waiting_ms + duration_ms,
            turns=self.turns,
            purse=purse,
            token=token,
            joined=self.joined,
            table=self.table,
        )


class You(Struct, frozen=True):
    """What somebody holds under the rules of a queue, at `clock_ms`."""

    holdings: Holdings
    settings: QueueSettings
    clock_ms: int

    @property
    def token(self) -> Window | None:
        """As long as it can still be used."""
        token = self.holdings.token if self.settings.limit_model == "token" else None
        return token if token and token.live(self.clock_ms, self.settings.event_end_ms) else None

    @property
    def milli_points(self) -> int | None:
        """None where adds cost none."""
        if self.settings.limit_model != "points":
            return None
        return points.left(self.holdings.purse, self.settings, self.clock_ms)
