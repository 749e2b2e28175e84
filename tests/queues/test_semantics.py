"""What KaraKara's buttons mean, as pure functions: held against KaraKara's own rules, in which songs have starts."""

from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.queues import transitions
from api_queue.queues.models import LEAD_MS, Item
from api_queue.queues.semantics import KARAKARA
from api_queue.queues.session import Session
from api_queue.queues.timing import expected_starts, free_at
from api_queue.queues.transitions import Rule, Stage, Step
from api_queue.queues.transport import RULES
from api_queue.types import ItemId
from tests.queues.builders import NOW, an_item

STEP_MS = 20_000
SPACE_MS = 15_000
LENGTHS_S = st.lists(st.integers(1, 90), max_size=5)
BUTTONS = ("play", "stop", "skip", "seek_forwards", "seek_backwards")
ACTS = st.lists(st.one_of(st.sampled_from(BUTTONS), st.integers(1, 70_000)), max_size=30)


class KaraKara:
    """Its own rules: a song has a start (ms) or none, and what has an end by now is past."""

    def __init__(self, songs: list[Item], space_ms: int) -> None:
        self.songs = {song.id: song.track_duration_ms for song in songs}
        self.starts: dict[ItemId, int | None] = dict.fromkeys(self.songs)
        self.space_ms = space_ms

    def to_come(self, now_ms: int) -> dict[ItemId, int | None]:
        """What plays or waits, and when it starts."""
        return {song: at for song, at in self.starts.items() if at is None or at + self.songs[song] > now_ms}

    def press(self, button: str, now_ms: int) -> None:
        current = next(iter(self.to_come(now_ms)), None)
        if current is not None:
            getattr(self, button)(current, now_ms)
            self._flow(now_ms)

    def play(self, song: ItemId, now_ms: int) -> None:
        self.starts[song] = now_ms + 1000

    def stop(self, song: ItemId, _: int) -> None:
        self.starts[song] = None

    def skip(self, song: ItemId, now_ms: int) -> None:
        self.starts.pop(song)
        for each in self.to_come(now_ms):
            self.starts[each] = None

    def seek_forwards(self, song: ItemId, now_ms: int) -> None:
        start = self.starts[song]
        if start is None:
            return
        self.starts[song] = max(start - STEP_MS, now_ms if start > now_ms else now_ms - self.songs[song])
        following = next(iter(self.to_come(now_ms)), song)
        if following != song:
            self.starts[following] = now_ms + self.space_ms

    def seek_backwards(self, song: ItemId, now_ms: int) -> None:
        start = self.starts[song]
        if start is not None:
            self.starts[song] = min(start + STEP_MS, now_ms + (self.space_ms if start > now_ms else 0))

    def _flow(self, now_ms: int) -> None:
        """Each starts when the one before has ended and the pause is over; the first as it was set."""
        end_ms: int | None = None
        for nth, song in enumerate(self.to_come(now_ms)):
            if nth:
                self.starts[song] = None if end_ms is None else end_ms + self.space_ms
            start = self.starts[song]
            end_ms = None if start is None else start + self.songs[song]


class Ours:
    """A list and its session, to which the rules' steps are applied."""

    def __init__(self, songs: list[Item], space_ms: int) -> None:
        self.songs = {song.id: song for song in songs}
        self.session = Session()
        self.space_ms = space_ms
        self.now_ms = NOW

    def stage(self) -> Stage:
        current = self.songs[self.session.item_id] if self.session.item_id else None
        return Stage(self.session, None, current, next(iter(self.waiting), None), self.space_ms)

    @property
    def waiting(self) -> list[Item]:
        return [song for song in self.songs.values() if song.status == "queued"]

    def do(self, rule: Rule) -> Step:
        step = rule(self.stage(), self.now_ms)
        self.session = step.session
        self.songs |= {after.id: after for _, after in step.changed}
        return step

    def press(self, button: str) -> Step:
        return self.do({**RULES, **KARAKARA}[button])

    def let_pass(self, ms: int) -> None:
        """What is over meanwhile is, at its very end."""
        until_ms = self.now_ms + ms
        while (over_ms := transitions.over_ms(self.session, self.now_ms)) is not None and over_ms <= until_ms:
            self.now_ms = over_ms
            self.do(transitions.end)
        self.now_ms = until_ms

    @property
    def position_ms(self) -> int:
        return self.session.projected_ms(self.now_ms)

    def to_come(self) -> dict[ItemId, int | None]:
        starts = expected_starts(self.waiting, free_at(self.session, self.now_ms), self.space_ms)
        waiting = {song.id: at for song, at in zip(self.waiting, starts, strict=True)}
        return {self.session.item_id: self.now_ms - self.position_ms, **waiting} if self.session.item_id else waiting


def a_list(lengths_s: list[int]) -> list[Item]:
    return [an_item(f"S{nth}", seconds=seconds) for nth, seconds in enumerate(lengths_s)]


def check_starts(ours: Ours) -> None:
    """As clients read them that know a song as over by its start and its length alone."""
    for song in ours.songs.values():
        if song.status == "playing":
            assert song.timestamp_play == ours.now_ms - ours.position_ms
        if song.status == "played":
            assert song.timestamp_play is not None
            assert song.timestamp_play + song.track_duration_ms <= ours.now_ms


def on(*lengths_s: int, space_ms: int = SPACE_MS, position_ms: int | None = None) -> Ours:
    """So long songs wait; with a position the first plays there."""
    ours = Ours(a_list([*lengths_s]), space_ms)
    if position_ms is not None:
        ours.press("play")
        ours.let_pass(LEAD_MS)
        ours.do(lambda stage, now_ms: transitions.begun_at(stage, stage.session, position_ms, now_ms))
    return ours


@given(LENGTHS_S, st.integers(1000, 60_000), ACTS)
def test_whatever_is_pressed_everything_starts_when_it_would_on_karakara(
    lengths_s: list[int], space_ms: int, acts: list[str | int]
) -> None:
    songs = a_list(lengths_s)
    theirs, ours = KaraKara(songs, space_ms), Ours(songs, space_ms)
    for act in acts:
        if isinstance(act, int):
            ours.let_pass(act)
        else:
            ours.press(act)
            theirs.press(act, ours.now_ms)
        assert ours.to_come() == theirs.to_come(ours.now_ms), act
    over = {song.id: song.timestamp_play for song in ours.songs.values() if song.status == "played"}
    assert over == {song: at for song, at in theirs.starts.items() if song in over}


@given(LENGTHS_S, st.integers(0, 60_000), ACTS.filter(len))
def test_one_song_plays_within_its_bounds_or_none(lengths_s: list[int], space_ms: int, acts: list[str | int]) -> None:
    ours = on(*lengths_s, space_ms=space_ms)
    for act in acts:
        if isinstance(act, int):
            ours.let_pass(act)
        else:
            ours.press(act)
        playing = [song.id for song in ours.songs.values() if song.status == "playing"]
        assert playing == ([ours.session.item_id] if ours.session.item_id else [])
        assert (ours.session.state == "playing") == bool(playing)
        assert -max(space_ms, 1000) <= ours.position_ms <= ours.session.duration_ms
        check_starts(ours)
        if act in {"stop", "skip"}:
            assert playing == []


@pytest.mark.parametrize("position_ms", [-14_000, -500, 0, 30_000, 60_000])
def test_play_while_playing_begins_again_a_second_from_now(position_ms: int) -> None:
    ours = on(60, position_ms=position_ms)
    ours.press("play")
    assert (ours.session.state, ours.position_ms) == ("playing", -1000)


def test_play_goes_on_from_a_pause() -> None:
    ours = on(60, position_ms=30_000)
    ours.do(transitions.pause)
    ours.let_pass(5000)
    ours.press("play")
    assert (ours.session.state, ours.position_ms) == ("playing", 30_000)


def test_play_plays_on_after_what_was_to_be_the_last() -> None:
    ours = on(60, 60)
    ours.do(RULES["play_one"])
    ours.press("play")
    assert not ours.session.stop_after


@pytest.mark.parametrize("state", ["playing", "paused"])
def test_a_skip_stops_the_music(state: Literal["playing", "paused"]) -> None:
    ours = on(60, 60, position_ms=5000)
    if state == "paused":
        ours.do(transitions.pause)
    ours.press("skip")
    assert (ours.session.state, ours.session.item_id) == ("stopped", None)
    assert [song.status for song in ours.songs.values()] == ["skipped", "queued"]


def test_a_skip_of_what_waits_leaves_no_start_behind_that_never_was() -> None:
    song = replace(an_item(), timestamp_play=NOW + 60_000)
    ours = Ours([song], SPACE_MS)
    ours.press("skip")
    skipped = ours.songs[song.id]
    assert (skipped.status, skipped.timestamp_play) == ("skipped", None)


@pytest.mark.parametrize("button", ["play", "stop", "skip", "seek_forwards", "seek_backwards"])
def test_on_an_empty_list_a_button_does_nothing(button: str) -> None:
    ours = on()
    assert ours.press(button) == Step(Session())


@pytest.mark.parametrize(
    ("button", "before_ms", "after_ms"),
    [
        ("seek_forwards", -30_000, -10_000),
        ("seek_forwards", -14_000, 0),
        ("seek_forwards", 0, 20_000),
        ("seek_forwards", 10_000, 30_000),
        ("seek_backwards", -1000, -15_000),
        ("seek_backwards", -30_000, -30_000),  # its start was set by hand
        ("seek_backwards", 0, 0),
        ("seek_backwards", 10_000, 0),
        ("seek_backwards", 50_000, 30_000),
    ],
)
def test_a_seek_moves_the_song_by_twenty_seconds_within_its_bounds(button: str, before_ms: int, after_ms: int) -> None:
    ours = on(60, position_ms=before_ms)
    ours.press(button)
    assert ours.position_ms == after_ms


def test_a_pause_of_nothing_still_has_the_second_that_screens_need() -> None:
    ours = on(60, space_ms=0, position_ms=-500)
    ours.press("seek_backwards")
    assert ours.position_ms == -1000


@pytest.mark.parametrize("position_ms", [40_000, 50_000, 60_000])
def test_a_seek_beyond_the_end_has_played_the_song(position_ms: int) -> None:
    ours = on(60, 60, position_ms=position_ms)
    ours.press("seek_forwards")
    assert [song.status for song in ours.songs.values()] == ["played", "playing"]
    assert ours.position_ms == -SPACE_MS


@pytest.mark.parametrize("position_ms", [-14_000, 0, 30_000, 60_000])
def test_the_song_that_is_left_for_the_next_one_began_its_whole_length_ago(position_ms: int) -> None:
    ours = on(60, 60, position_ms=position_ms)
    ours.press("next")
    left, _ = ours.songs.values()
    assert (left.status, left.timestamp_play, ours.position_ms) == ("played", ours.now_ms - 60_000, -SPACE_MS)


def test_a_song_that_has_run_out_keeps_its_start() -> None:
    ours = on(60, 60, position_ms=0)
    began_ms, ours.now_ms = ours.now_ms, ours.now_ms + 90_000
    ours.press("next")
    assert next(iter(ours.songs.values())).timestamp_play == began_ms


def test_a_seek_in_what_is_paused_stays_within_the_song_and_leaves_it_paused() -> None:
    ours = on(60, 60, position_ms=50_000)
    ours.do(transitions.pause)
    ours.press("seek_forwards")
    assert (ours.session.state, ours.position_ms) == ("paused", 60_000)


def test_all_other_buttons_are_ours() -> None:
    assert KARAKARA.keys() == {"play", "skip", "next", "seek_forwards", "seek_backwards"}
    assert not any(KARAKARA[command] == RULES[command] for command in KARAKARA)
