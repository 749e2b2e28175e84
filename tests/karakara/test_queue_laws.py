"""Whatever is done to a room, here or as its clients do, the clients are shown a queue that holds together."""

import asyncio
import shutil
from collections.abc import Coroutine
from itertools import count
from pathlib import Path
from typing import Any, Literal, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from api_queue.app import WebParts
from api_queue.errors import Conflict, Forbidden, Invalid, NotFound, QueueMoved
from api_queue.karakara.queue_wire import item_number, item_of, queue_json
from api_queue.queues import transitions
from api_queue.queues.options import Options
from api_queue.queues.variants import DEFAULT, Variants
from api_queue.tracks.models import Search
from api_queue.types import ItemId, QueueName
from tests.house import house_settings
from tests.karakara.a_room import check_flow
from tests.queues.builders import NOW, FakeClock
from tests.queues.party import ADMIN, guest

T = TypeVar("T")
WHICH = st.integers(0, 99)
WHO = st.sampled_from([guest("ana"), guest("bo"), ADMIN])
VARIANTS = st.builds(Variants, st.sampled_from(["Default", "Vocal"]), st.just("Default"))
#: What a client is refused in words.
REFUSALS = (Invalid, Forbidden, Conflict, NotFound)
_numbers = count(1)


class RoomMachine(RuleBasedStateMachine):
    """`over` is what was shown as over, `chosen` the variants of what was added in the room. `exact`: only buttons
    were pressed by which a song has a start or none; for a pause within it and the like KaraKara has no word.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, parts: WebParts, clock: FakeClock) -> None:
        super().__init__()
        self.loop, self.parts, self.clock = loop, parts, clock
        clock.ms = NOW
        self.room = QueueName(f"law{next(_numbers)}")
        self.tracks = [track.track_id for track in self.do(parts.tracks.search(Search())).tracks]
        self.over: dict[int, dict[str, Any]] = {}
        self.chosen: dict[int, Variants] = {}
        self.exact = True

    def do(self, verb: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(verb)

    def may(self, verb: Coroutine[Any, Any, T]) -> T | None:
        """What it answers; None where it is refused. Nobody else is here who could be faster."""
        try:
            return self.do(verb)
        except QueueMoved:
            raise
        except REFUSALS:
            return None

    def shown(self) -> list[dict[str, Any]]:
        look = self.do(self.parts.room_queue.look(self.room))
        return queue_json(look.view, look.variants, self.clock.ms)

    def one(self, which: int) -> ItemId:
        numbers = [item["id"] for item in self.shown()] or [0]
        return item_of(numbers[which % len(numbers)])

    @initialize(
        semantics=st.sampled_from(["karakara", "karakara", "own"]),
        order=st.sampled_from(["fifo", "fair"]),
        space=st.sampled_from([0, 15]),
    )
    def begin(self, semantics: str, order: str, space: int) -> None:
        self.exact = semantics == "karakara"
        fields = {"command_semantics": semantics, "order": order, "track_space": space, "coming_soon_count": 0}
        self.do(self.parts.queues.create("named", self.room, fields, ADMIN))

    # -- in the room -------------------------------------------------------------------------------------------

    @rule(who=WHO, performer=st.sampled_from(["Ana", "Bo"]), which=WHICH, variants=VARIANTS)
    def add(self, who: Any, performer: str, which: int, variants: Variants) -> None:
        track_id = self.tracks[which % len(self.tracks)]
        added = self.may(self.parts.room_queue.add(self.room, track_id, performer, variants, who))
        if added:
            self.chosen[item_number(added.timed.item.id)] = variants

    @rule(which=WHICH, before=WHICH | st.none())
    def move(self, which: int, before: int | None) -> None:
        to = None if before is None else self.one(before)
        self.may(self.parts.room_queue.move(self.room, self.one(which), to, ADMIN))

    @rule(who=WHO, which=WHICH)
    def remove(self, who: Any, which: int) -> None:
        self.may(self.parts.room_queue.remove(self.room, self.one(which), who))

    # -- here --------------------------------------------------------------------------------------------------

    @rule(which=WHICH)
    def add_here(self, which: int) -> None:
        self.may(self.parts.adding.add(self.room, self.tracks[which % len(self.tracks)], "Cy", guest("cy")))

    @rule(which=WHICH)
    def remove_here(self, which: int) -> None:
        self.may(self.parts.items.remove(self.room, self.one(which), ADMIN))

    @rule(button=st.sampled_from(["play", "stop", "skip", "next", "seek_forwards", "seek_backwards"]))
    def press(self, button: str) -> None:
        self.may(self.parts.transport.command(self.room, button, {}, "host"))

    @rule(button=st.sampled_from(["pause", "prev", "toggle"]))
    def press_one_of_ours(self, button: str) -> None:
        self.exact = False
        self.press(button)

    @rule(mode=st.sampled_from(["off", "all"]))
    def repeat(self, mode: Literal["off", "all"]) -> None:
        self.exact = False
        self.may(self.parts.options.change(self.room, Options(repeat_mode=mode)))

    @rule()
    def undo(self) -> None:
        self.exact = False
        self.may(self.parts.undoing.undo(self.room, "host"))

    @rule(seconds=st.floats(0.1, 90))
    def time_passes(self, seconds: float) -> None:
        """A song ends when it is over."""
        until_ms = self.clock.ms + round(seconds * 1000)
        while (over_ms := self.over_ms()) is not None and over_ms <= until_ms:
            self.clock.ms = over_ms
            self.do(self.parts.transport.end(self.room))
        self.clock.ms = until_ms

    def over_ms(self) -> int | None:
        return transitions.over_ms(self.do(self.parts.queues.queue(self.room)).session, self.clock.ms)

    # -- what must be true -------------------------------------------------------------------------------------

    @invariant()
    def the_clients_are_shown_a_queue_that_holds_together(self) -> None:
        view = self.do(self.parts.queues.view(self.room))
        shown = self.shown()
        played = [item for item in view.over if item.status == "played"]
        over, to_come = shown[: len(played)], shown[len(played) :]
        assert len({item["id"] for item in shown}) == len(shown)
        assert all(round(item["start_time"] + item["track_duration"], 3) <= self.clock.ms / 1000 for item in over)
        if view.queue.session.state == "playing":
            check_flow(to_come, view.queue.settings.track_space)
        else:
            assert [item["start_time"] for item in to_come] == [None] * len(to_come)
        self.check_over({item["id"]: item for item in over})
        self.check_variants(shown)

    def check_over(self, over: dict[int, dict[str, Any]]) -> None:
        """What is over stays as it is."""
        assert not self.exact or {number: over.get(number) for number in self.over} == self.over
        self.over = over

    def check_variants(self, shown: list[dict[str, Any]]) -> None:
        for item in shown:
            chosen = self.chosen.get(item["id"], DEFAULT)
            assert (item["video_variant"], item["subtitle_variant"]) == (chosen.video, chosen.subtitle)


def test_whatever_is_done_the_queue_of_a_room_holds_together(redis_url: str, furnished: Path, tmp_path: Path) -> None:
    shutil.copytree(furnished, tmp_path, dirs_exist_ok=True)
    loop, clock = asyncio.new_event_loop(), FakeClock()
    parts = WebParts(house_settings(redis_url, tmp_path), clock)
    try:
        loop.run_until_complete(parts.redis.call("FLUSHALL"))
        loop.run_until_complete(parts.redis.call("INCR", "tracks:version"))

        class InThisHouse(RoomMachine):
            def __init__(self) -> None:
                super().__init__(loop, parts, clock)

        run_state_machine_as_test(InThisHouse, settings=settings(max_examples=12, stateful_step_count=40))
    finally:
        loop.run_until_complete(parts.close())
        loop.close()
