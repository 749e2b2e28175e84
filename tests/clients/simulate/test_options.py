"""How a night is asked for, and refused."""

import signal
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from api_queue.clients.simulate import options, simulate
from api_queue.clients.simulate.options import Options
from api_queue.command_line import main


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """`main` takes Ctrl-C as its own."""
    before = signal.getsignal(signal.SIGINT)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """What nights were asked for; none is simulated."""
    found: list[Options] = []

    def run(wanted: Options) -> int:
        found.append(wanted)
        return 1

    monkeypatch.setattr(simulate, "run", run)
    return found


def test_each_option_is_heard(asked: list[Options]) -> None:
    words = ("--guests", "12", "--hours", "0.5", "--order", "weight", "--limit", "points", "--seed", "7")
    assert main(["simulate", *words, "--plot", "a.png", "--json", "a.json"]) == 1
    plot, json = Path("a.png"), Path("a.json")
    assert asked == [Options(guests=12, hours=0.5, orders=("weight",), limit="points", seed=7, plot=plot, json=json)]


def test_nights_to_compare_are_each_simulated_once(asked: list[Options]) -> None:
    main(["simulate", "--compare", "fifo,fair,fifo", "--url", "http://127.0.0.1:1"])
    assert [(night.orders, night.url) for night in asked] == [(("fifo", "fair"), "http://127.0.0.1:1")]


def test_each_night_is_another_one_unless_it_is_told() -> None:
    assert len({Options().seed for _ in range(20)}) > 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--guests", "0"), "--guests takes 1 to 500, not 0.\n"),
        (("--guests", "501"), "--guests takes 1 to 500, not 501.\n"),
        (("--hours", "25"), "--hours takes up to 24, not 25.\n"),
        (("--hours", "nan"), "--hours takes up to 24, not nan.\n"),
        (("--compare", "fifo,fare"), "--compare takes fifo, fair, weight with commas between, not 'fifo,fare'.\n"),
        (
            ("--limit", "token", "--url", "http://127.0.0.1:1"),
            "--limit token counts minutes, which nobody can hurry at http://127.0.0.1:1; leave --url out.\n",
        ),
        (("--json", "no/such/folder/a.json"), "no/such/folder/a.json cannot be written: there is no folder for it.\n"),
        (("--plot", "no/such/folder/a.png"), "no/such/folder/a.png cannot be written: there is no folder for it.\n"),
        (("--plot", "a.txt"), "a.txt cannot be drawn: --plot takes a name that ends with .png, .svg or .pdf.\n"),
    ],
)
def test_what_cannot_be_is_a_sentence_before_the_night(
    words: tuple[str, ...], said: str, asked: list[Options], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["simulate", *words]) == 1
    assert capsys.readouterr().err == said
    assert asked == []


def test_who_has_no_matplotlib_is_told_how_to_get_it(
    asked: list[Options], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(options, "find_spec", lambda name: None if name == "matplotlib" else find_spec(name))
    assert main(["simulate", "--plot", "a.png"]) == 1
    assert capsys.readouterr().err == "A plot needs matplotlib: pip install 'api_queue[plot]'.\n"


def test_a_server_that_is_not_there_is_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--url", "http://127.0.0.1:1"]) == 1
    assert capsys.readouterr().err == "http://127.0.0.1:1 does not do its part: All connection attempts failed.\n"
