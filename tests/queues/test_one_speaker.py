"""One speaker, never two: whatever is chosen, lost, frozen and late, in whatever order.

Each device here keeps the contract of docs/playback.md by its own clock. What a frozen one had begun sounds on, until
its player stops by itself at the end of the lease.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from api_queue.drivers.redis import connect
from api_queue.errors import NothingPlaying, SpeakerTaken, StaleGeneration
from api_queue.queues.models import Limits, Queue
from api_queue.queues.session import Candidate, Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.speaker import SpeakerService
from api_queue.queues.store import RedisQueues
from api_queue.queues.transport import TransportService
from api_queue.types import DeviceId
from tests.queues.builders import NOW, FakeClock, an_item
from tests.queues.party import X

T = TypeVar("T")
LEASE_MS = 15_000
WHICH = st.integers(0, 2)


@dataclass
class Beat:
    """A heartbeat on its way to the server, and back when `answer` is there."""

    sent_ms: int
    generation: int | None
    answer: bool | None = None


@dataclass
class Player:
    """`turn`: the generation that it has the seat by; `lease_ms`: until when, counted from what it sent."""

    device: Candidate
    heard: Session = field(default_factory=Session)
    turn: int | None = None
    lease_ms: int = 0
    beat: Beat | None = None
    frozen: bool = False
    sounding: bool = False

    def hear(self, session: Session) -> None:
        self.heard = session
        mine = session.generation if session.active == self.device.device_id else None
        if mine != self.turn:
            self.turn, self.lease_ms = mine, 0

    def live(self, now_ms: int) -> None:
        """What it does by itself as time passes."""
        begun = now_ms < self.lease_ms
        if not self.frozen:
            quiet_ms = self.heard.quiet_until_ms or 0
            begun = begun and self.turn is not None and self.heard.state == "playing" and now_ms >= quiet_ms
            self.sounding = begun
        self.sounding = self.sounding and begun


class Room(RuleBasedStateMachine):
    """Three speakers, a host, and a server whose conductor looks when it likes."""

    def __init__(self, redis_url: str) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.redis = connect(redis_url)
        self.clock = FakeClock()
        self.store = store = RedisQueues(self.redis, events_kept=100_000)
        self.speakers = SpeakerService(store, self.clock, LEASE_MS)
        self.players = [Player(Candidate(DeviceId(name), name, connected=True)) for name in "ABC"]
        self.do(self.redis.call("FLUSHALL"))
        self.do(store.create(X, "named", QueueSettings(), NOW))
        settings_rev = self.do(store.queue(X)).settings_rev
        self.do(store.add(X, an_item(seconds=36_000), Limits(), settings_rev, None, NOW))
        self.transport = TransportService(store, self.clock, LEASE_MS)
        self.queue: Queue = self.do(self.transport.command(X, "play", {}, "host"))

    def do(self, verb: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(verb)

    # -- the room ----------------------------------------------------------------------------------------------

    @rule(ms=st.sampled_from([1, 300, 1000, 5000, 14_999]))
    def time_passes(self, ms: int) -> None:
        """Also over every moment at which one may begin or has to end."""
        until_ms = self.clock.ms + ms
        turns = {p.lease_ms for p in self.players} | {p.heard.quiet_until_ms or 0 for p in self.players}
        for self.clock.ms in sorted(turn for turn in turns if self.clock.ms < turn < until_ms):
            self.at_most_one_sounds()
        self.clock.ms = until_ms

    @rule(which=WHICH, hears=st.booleans())
    def is_chosen(self, which: int, *, hears: bool) -> None:
        self.queue = self.do(self.speakers.claim(X, self.players[which].device, if_free=False))
        if hears:
            self.hears_and_is_heard(which)

    @rule(which=WHICH)
    def asks_whether_it_is_free(self, which: int) -> None:
        with suppress(SpeakerTaken):
            self.queue = self.do(self.speakers.claim(X, self.players[which].device, if_free=True))

    @rule(away=st.sets(WHICH))
    def the_conductor_looks(self, away: set[int]) -> None:
        there = [p.device for n, p in enumerate(self.players) if n not in away]
        self.queue = self.do(self.speakers.attend(X, there))

    @rule(command=st.sampled_from(["play", "pause", "restart", "stop"]))
    def the_host_presses(self, command: str) -> None:
        with suppress(NothingPlaying):
            self.queue = self.do(self.transport.command(X, command, {}, "host"))

    @rule(which=WHICH)
    def is_removed(self, which: int) -> None:
        self.queue = self.do(self.speakers.dismiss(X, self.players[which].device.device_id))

    @rule()
    def the_server_restarts(self) -> None:
        self.queue = self.do(self.speakers.after_restart(X))

    # -- the devices -------------------------------------------------------------------------------------------

    @rule(which=WHICH)
    def hears(self, which: int) -> None:
        if not self.players[which].frozen:
            self.players[which].hear(self.queue.session)

    @rule(which=WHICH)
    def sends(self, which: int) -> None:
        """One heartbeat at a time."""
        player = self.players[which]
        if not player.frozen and player.beat is None:
            player.live(self.clock.ms)
            player.beat = Beat(self.clock.ms, player.turn)

    @rule(which=WHICH)
    def arrives(self, which: int) -> None:
        player, beat = self.players[which], self.players[which].beat
        if beat is None or beat.answer is not None:
            return
        device = player.device.device_id
        try:
            if beat.generation is None:
                self.queue = self.do(self.speakers.silent(X, device))
            else:
                self.do(self.speakers.heartbeat(X, device, beat.generation))
                self.queue = self.do(self.store.queue(X))
            beat.answer = True
        except StaleGeneration:
            beat.answer = False

    @rule(which=WHICH)
    def is_answered(self, which: int) -> None:
        player, beat = self.players[which], self.players[which].beat
        if player.frozen or beat is None or beat.answer is None:
            return
        player.beat = None
        if beat.generation is not None and beat.generation == player.turn:
            player.lease_ms = beat.sent_ms + LEASE_MS if beat.answer else 0

    @rule(which=WHICH)
    def hears_and_is_heard(self, which: int) -> None:
        """As on most days."""
        self.players[which].frozen = False
        for _ in range(2):
            for step in (self.hears, self.sends, self.arrives, self.is_answered):
                step(which)

    @rule(which=WHICH)
    def loses_it(self, which: int) -> None:
        beat = self.players[which].beat
        if beat is not None and beat.answer is None:
            self.players[which].beat = None

    @rule(which=WHICH)
    def freezes(self, which: int) -> None:
        self.players[which].live(self.clock.ms)
        self.players[which].frozen = True

    # -- what must hold ----------------------------------------------------------------------------------------

    @invariant()
    def at_most_one_sounds(self) -> None:
        for player in self.players:
            player.live(self.clock.ms)
        assert [p.device.name for p in self.players if p.sounding][1:] == []

    def teardown(self) -> None:
        self.do(self.redis.close())
        self.loop.close()


def test_at_most_one_sounds_at_any_moment(redis_url: str) -> None:
    steps = settings(max_examples=60, stateful_step_count=40, deadline=None)
    run_state_machine_as_test(lambda: Room(redis_url), settings=steps)  # type: ignore[arg-type]  # makes one
