"""How chaos is started, and what it says at the end."""

from collections import Counter
from pathlib import Path

import pytest

from api_queue.clients.chaos import chaos
from api_queue.clients.chaos.options import Options
from api_queue.clients.chaos.verdict import Verdict, lines
from api_queue.command_line import main


def test_each_option_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Options] = []

    def run(options: Options) -> int:
        asked.append(options)
        return 1

    monkeypatch.setattr(chaos, "run", run)
    words = ("--kills", "9", "--guests", "8", "--screens", "7", "--workers", "6", "--patience", "5", "--seed", "4")
    assert main(["chaos", *words, "--log", "a/log"]) == 1
    assert asked == [Options(kills=9, guests=8, screens=7, workers=6, patience_s=5, seed=4, log=Path("a/log"))]


def test_each_chaos_is_another_one_unless_it_is_told() -> None:
    assert len({Options().seed for _ in range(20)}) > 1


def verdict(**found: tuple[str, ...]) -> Verdict:
    nothing: dict[str, tuple[str, ...]] = {"lost": (), "doubled": (), "gaps": (), "apart": ()}
    return Verdict(
        blows=Counter({"kill web": 2}),
        ended=0,
        answers=Counter({"done": 5, "unknown": 1}),
        repeated=3,
        longest_s=4.25,
        events=6,
        connections=2,
        resets=0,
        retained_s=0.5,
        **nothing | found,
    )


def test_what_was_found_is_said() -> None:
    assert list(lines(verdict()))[-1] == "verdict: passed"
    assert list(lines(verdict(lost=("a song is gone",)))) == [
        "blows: kill web 2",
        "the server ended by itself: 0 times",
        "changes: done 5, unknown 1; 3 were asked for again; at most 4.2 s between two",
        "screens: 6 events on 2 connections, 0 resets",
        "retained topics equal to GET after 0.5 s",
        "lost: 1 (bar 0)",
        "    a song is gone",
        "twice: 0 (bar 0)",
        "not in order: 0 (bar 0)",
        "shown otherwise: 0 (bar 0)",
        "verdict: what was answered is lost",
    ]
