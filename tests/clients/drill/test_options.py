"""How a drill is started, and refused."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from api_queue.clients.drill import drill
from api_queue.clients.drill.options import Options
from api_queue.command_line import main


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """`main` takes Ctrl-C as its own."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


def test_each_option_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Options] = []

    def run(options: Options) -> int:
        asked.append(options)
        return 1

    monkeypatch.setattr(drill, "run", run)
    words = ("--minutes", "0.5", "--seed", "7", "--speakers", "3", "--lease", "4", "--without", "browser,mosquitto")
    assert main(["drill", *words, "--log", "a/log"]) == 1
    without = frozenset({"browser", "mosquitto"})
    assert asked == [Options(minutes=0.5, seed=7, speakers=3, lease_s=4, without=without, log=Path("a/log"))]


def test_each_drill_is_another_one_unless_it_is_told() -> None:
    assert len({Options().seed for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--without", "mpv"), "--without takes browser and mosquitto, not 'mpv'.\n"),
        (("--minutes", "0.1"), "0.1 minutes are too short for a lease of 15 s.\n"),
        (("--log", "no/such/folder/log"), "The log no/such/folder/log cannot be written: No such file or directory.\n"),
    ],
)
def test_what_cannot_be_is_a_sentence(
    words: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["drill", *words]) == 1
    assert capsys.readouterr().err == said
