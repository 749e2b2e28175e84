"""The records of a queue. Frozen: a change is a new record. Points in time are ms since 1970, lengths ms."""

from typing import Any, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from api_queue.formats.csv_items import decode_line, encode_line
from api_queue.queues.deeds import Deed, Undoable
from api_queue.queues.holdings import Holdings
from api_queue.queues.ledger import Ledger
from api_queue.queues.session import LastReport, Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.tokens import NoToken, Window
from api_queue.queues.turn_taking import Cards, Paused
from api_queue.types import (
    AddedBy,
    GuestId,
    ItemId,
    ItemStatus,
    Milliseconds,
    QueueKind,
    QueueName,
    Role,
    TrackId,
)

#: A start is announced this long ahead, so that every screen hears of it before it sounds.
LEAD_MS: Final = 1000
#: Whose adds pass the limits, and whom neither mutes nor the end of the party concern.
HOSTS: Final[frozenset[Role]] = frozenset({"host", "admin"})
#: Who may touch what others have added, and take back what they did.
HELPERS: Final[frozenset[Role]] = HOSTS | {"helper"}
#: What guests may make. It ends when nobody has changed it for its `retention`, and an admin allows it to play.
MADE_BY_GUESTS: Final[frozenset[QueueKind]] = frozenset({"demo", "transient"})
#: How many items may wait, whoever adds them, on queues that no admin has made; a demo is for trying out.
KIND_LIMITS: Final[dict[QueueKind, int]] = {"demo": 10, "transient": 500, "personal": 10_000}


class Item(Struct, frozen=True, kw_only=True):
    """One entry on a queue; `as_line` and `from_line` are its stored form."""

    track_id: TrackId
    performer_name: str
    session_owner: GuestId
    #: When it started (position 0), or is set to start; None when neither.
    timestamp_play: int | None = None
    id: ItemId
    timestamp_added: int
    track_duration_ms: Milliseconds
    weight: float = 0
    status: ItemStatus = "queued"
    added_by: AddedBy = "guest"
    #: Semitones.
    key_shift: int = 0
    tempo: float = 1

    def as_line(self) -> str:
        return encode_line(
            (
                self.track_id,
                self.performer_name,
                self.session_owner,
                self.timestamp_play,
                self.id,
                self.timestamp_added,
                self.track_duration_ms,
                _cell(self.weight),
                self.status,
                self.added_by,
                self.key_shift,
                _cell(self.tempo),
            )
        )

    @classmethod
    def from_line(cls, line: str) -> "Item":
        cells = decode_line(line)
        return cls(
            track_id=TrackId(cells[0]),
            performer_name=cells[1],
            session_owner=GuestId(cells[2]),
            timestamp_play=int(cells[3]) if cells[3] else None,
            id=ItemId(cells[4]),
            timestamp_added=int(cells[5]),
            track_duration_ms=Milliseconds(int(cells[6])),
            weight=float(cells[7]),
            status=cells[8],  # type: ignore[arg-type]  # only our own scripts write it
            added_by=cells[9],  # type: ignore[arg-type]  # the same
            key_shift=int(cells[10]),
            tempo=float(cells[11]),
        )

    @property
    def by_host(self) -> bool:
        return self.added_by in HOSTS

    @property
    def by_server(self) -> bool:
        """Music of the fallback: nobody's, in no limit, and whatever anybody adds goes first."""
        return self.added_by == "server"

    def at_tempo(self, tempo: float, track_ms: Milliseconds) -> "Item":
        """`track_ms`: how long the track is as it was recorded. The item's length is the time that it takes."""
        return replace(self, tempo=tempo, track_duration_ms=Milliseconds(round(track_ms / tempo)))

    def started(self, at_ms: int) -> "Item":
        return replace(self, status="playing", timestamp_play=at_ms)

    def put_back(self) -> "Item":
        return replace(self, status="queued", timestamp_play=None)


def _cell(number: float) -> str:
    """All its digits, and whole numbers as the seed wrote them: `0`, not `0.0`."""
    return repr(number).removesuffix(".0")


class Queue(Struct, frozen=True, kw_only=True):
    """Everything of a queue but its items."""

    name: QueueName
    kind: QueueKind
    rev: int
    created_at_ms: int
    changed_at_ms: int
    settings: QueueSettings
    settings_rev: int
    #: How often the session has changed, from wherever it began.
    session_rev: int
    session: Session
    #: What the speaker said last; beside the session, since it costs no revision.
    report: LastReport | None = None
    #: How many items stand before the first waiting one.
    head: int
    total: int
    #: Sum of the waiting tracks' durations, and how many of them do not simply follow one another (`scripts.fixed`).
    waiting_ms: int
    fixed: int
    #: Round or weight of what began last, in a sorted queue.
    round: float = 0
    paused: Paused = {}
    undoable: Undoable | None = None
    cards: Cards = {}
    #: How often what is worked out of it, as the password of a room, was to be another.
    rekeyed: int = 0
    #: Whether somebody has come into it as into a room. Who does hears of it on topics beside ours.
    entered: bool = False

    @property
    def waiting(self) -> int:
        return self.total - self.head

    @property
    def uneven(self) -> bool:
        """Whether what waits does not simply follow one another, so that sums do not say when something starts."""
        return bool(self.fixed or self.paused)

    @property
    def outgrown(self) -> int:
        """How many at the head of the list are for the history; none while all of it will come again."""
        if self.session.repeat_mode == "all":
            return 0
        return max(0, self.head - bool(self.session.item_id) - self.settings.history_length)

    @property
    def kind_limit(self) -> int | None:
        """How many items may wait whoever adds them."""
        return KIND_LIMITS.get(self.kind)


class QueueView(Struct, frozen=True):
    """A queue with items of its list and the place in its event stream, read in one step.

    The first `past` of `items` stand before the waiting ones: all of them, or as many as were asked for.
    """

    queue: Queue
    items: tuple[Item, ...]
    past: int
    event_id: str
    #: What asks to be let in, in the order of asking; only where all items are read.
    lobby: tuple[Item, ...] = ()
    #: What was moved by hand.
    moved: tuple[ItemId, ...] = ()

    @property
    def over(self) -> tuple[Item, ...]:
        """What was played, skipped or failed, and the current one."""
        return self.items[: self.past]

    @property
    def current(self) -> Item | None:
        return next((i for i in self.over if i.id == self.queue.session.item_id), None)

    @property
    def to_come(self) -> tuple[Item, ...]:
        return self.items[self.past :]


class Mute(Struct, frozen=True):
    """Until when (None: for good) a guest may neither add nor rename, and why."""

    guest_id: GuestId
    until_ms: int | None
    reason: str

    def holds(self, now_ms: int) -> bool:
        return self.until_ms is None or now_ms < self.until_ms

    def as_text(self) -> str:
        return f"{'' if self.until_ms is None else self.until_ms}|{self.reason}"

    @classmethod
    def from_text(cls, guest_id: GuestId, text: str) -> "Mute":
        until, _, reason = text.partition("|")
        return cls(guest_id, int(until) if until else None, reason)


class Room(Struct, frozen=True):
    """How many ms of music and pauses, each of `space_ms`, end with the event; by the session of this revision."""

    ms: int
    space_ms: int
    session_rev: int


class Limits(Struct, frozen=True, kw_only=True):
    """What the add script checks; None: no limit. Lengths in ms; buckets as (field, capacity, ms per token)."""

    #: Whoever adds, and whatever they hold.
    most: int | None = None
    max_items: int | None = None
    max_per_guest: int | None = None
    max_per_guest_ms: int | None = None
    track_window_ms: int | None = None
    performer_window_ms: int | None = None
    room: Room | None = None
    join_code: bool = False
    #: At most so many milli-points, of which so many points come back in an hour.
    points: tuple[int, float] | None = None
    #: A token's window, how far ahead it begins at most, and when the event ends (ms since 1970).
    tokens: tuple[int, int, int | None] | None = None
    #: Where the add waits for a host: in no case, where there are too many or too long items, or always.
    approval: Literal["off", "excess", "all"] = "off"
    buckets: tuple[tuple[str, int, float], ...] = ()


class Admission(Struct, frozen=True):
    """An item as it asks in the lobby, and the deed of whoever lets it in."""

    asking: Item
    deed: Deed


class Asked(Struct, frozen=True):
    """The add waits in the lobby since this revision."""

    rev: int


class Added(Struct, frozen=True, kw_only=True):
    """What waits before the item; the queue, and what the guest held, as it was just before; the revision after it."""

    rev: int
    ahead: int
    ahead_ms: int
    #: Sums do not say when it starts.
    uneven: bool
    session: Session
    waiting: int
    waiting_ms: int
    holdings: Holdings


Why = Literal[
    "stale",
    "ended",
    "muted",
    "join",
    "rate",
    "exists",
    "full",
    "guest",
    "minutes",
    "late",
    "track",
    "performer",
    "points",
    "lobby_full",
    "lobby_own",
]


class Refused(Struct, frozen=True):
    """Why the add script did nothing: one of the words in its header, with its fact, and what it says of a token."""

    why: Why
    fact: str = ""
    token: Window | NoToken | None = None


class Command(Struct, frozen=True):
    """A command of the transport as it was given, for the topic of commands."""

    command: str
    by: Role
    args: dict[str, Any]

    @property
    def is_withdrawal(self) -> bool:
        """Who may not skip takes off what is their own."""
        return self.command == "skip" and self.by not in HELPERS

    def deed(self, now_ms: int) -> Deed | None:
        """Where it can be undone."""
        if self.command != "skip" or self.is_withdrawal:
            return None
        return Deed(verb="skip", by=self.by, at_ms=now_ms)


class Edit(Struct, frozen=True):
    """A waiting item before and after, where it goes (None stays, "end", or the item to stand before), by whose hand.

    Its `score` there, in a sorted queue, is that of its neighbour where it is not named. Within `performer_window_ms`
    a performer who was or is on the queue is no new name for it.
    """

    before: Item
    after: Item
    target: Literal["end"] | Item | None = None
    by: Role | None = None
    score: float | None = None
    performer_window_ms: int | None = None


class Shift(Struct, frozen=True):
    """A waiting item that goes to the end of another round."""

    item: Item
    score: float


class Whose(Struct, frozen=True):
    """What waits of some owners and singers, the `ledger` of these alone, and the lowest scores of all that waits."""

    ledger: Ledger
    waiting: tuple[Item, ...]
    lowest: tuple[tuple[ItemId, float], ...]
