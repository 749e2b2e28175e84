"""The commands of the programs that know a server only by its public API; each loads only what it needs."""

import argparse
import socket
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_programs(commands: "Commands") -> None:
    _add_speaker(commands)
    _add_drill(commands)
    _add_chaos(commands)
    _add_simulate(commands)


def _add_speaker(commands: "Commands") -> None:
    sentence = "Play a queue on this machine, with mpv."
    parser = commands.add_parser("speaker", help=sentence, description=sentence, allow_abbrev=False)
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--server", metavar="URL", help="address of the server")
    where.add_argument("--discover", action="store_true", help="find the server of this network by mDNS")
    parser.add_argument("--interface", metavar="ADDRESS", help="with --discover: look only there")
    parser.add_argument("--queue", metavar="NAME", help="the queue to play; a member's token has its own")
    parser.add_argument("--name", default=socket.gethostname(), help="what the host sees")
    parser.add_argument(
        "--token", metavar="aq_...", help="a token of the queue; else API_QUEUE_TOKEN; with neither the host lets it in"
    )
    parser.add_argument(
        "--output", default="auto", metavar="auto|null|DEVICE", help="as `mpv --audio-device=help` says"
    )
    parser.add_argument("--state", metavar="DIR", type=Path, help="where it keeps which device it is")
    parser.add_argument("--json", action="store_true", help="show its state as lines of JSON, as into a pipe")
    parser.add_argument("--mpv-socket", metavar="PATH", type=Path, help="lets others look into mpv; for tests")
    parser.set_defaults(command=_speaker)


def _add_drill(commands: "Commands") -> None:
    sentence = "Strike a party of its own, and hear whether ever two speakers sound."
    parser = commands.add_parser("drill", help=sentence, description=sentence)
    parser.add_argument("--minutes", metavar="M", type=float, default=10, help="how long; 10")
    parser.add_argument("--seed", metavar="N", type=int, help="the same blows as with this one before")
    parser.add_argument("--speakers", metavar="N", type=int, default=2, choices=range(1, 6), help="1 to 5; 2")
    parser.add_argument("--lease", metavar="S", type=float, default=15, help="seconds of a lease; 15")
    parser.add_argument("--without", metavar="PART,...", default="", help="of browser and mosquitto")
    parser.add_argument("--log", metavar="FILE", type=Path, help="what is shown, kept")
    parser.set_defaults(command=_drill)


def _add_chaos(commands: "Commands") -> None:
    sentence = "Kill the processes of a server of its own under load, and count what is lost."
    parser = commands.add_parser("chaos", help=sentence, description=sentence)
    parser.add_argument("--kills", metavar="N", type=int, default=500, help="how many; 500")
    parser.add_argument("--guests", metavar="N", type=int, default=50, help="who change the queue all the time; 50")
    parser.add_argument("--screens", metavar="N", type=int, default=5, help="that follow it; 5")
    parser.add_argument("--workers", metavar="N", type=int, default=2, help="web workers of the server; 2")
    text = "seconds for which what is not answered is asked for again; 90, longer than the minute of a key"
    parser.add_argument("--patience", metavar="S", type=float, default=90, help=text)
    parser.add_argument("--seed", metavar="N", type=int, help="the same blows as with this one before")
    parser.add_argument("--log", metavar="FILE", type=Path, help="what is shown, kept")
    parser.set_defaults(command=_chaos)


def _add_simulate(commands: "Commands") -> None:
    sentence = "Simulate a night of many guests, and count who sings how often."
    parser = commands.add_parser("simulate", help=sentence, description=sentence)
    parser.add_argument("--guests", metavar="N", type=int, default=40, help="how many come; 40")
    parser.add_argument("--hours", metavar="H", type=float, default=4, help="how long the night is; 4")
    orders = parser.add_mutually_exclusive_group()
    orders.add_argument("--order", default="fair", choices=("fifo", "fair", "weight"), help="of the queue; fair")
    orders.add_argument("--compare", metavar="ORDER,...", help="the same night once in each of these orders")
    parser.add_argument("--limit", default="none", choices=("none", "token", "points"), help="the limit model; none")
    parser.add_argument("--seed", metavar="N", type=int, help="the same guests as with this one before")
    parser.add_argument("--url", metavar="URL", help="a server that runs; else one is started, with a clock that jumps")
    parser.add_argument("--plot", metavar="FILE", type=Path, help="the night as a picture: png, svg, pdf")
    parser.add_argument("--json", metavar="FILE", type=Path, help="the figures, for programs")
    parser.set_defaults(command=_simulate)


def _speaker(asked: argparse.Namespace) -> None:
    from api_queue.clients.speaker.options import Options, hide_token
    from api_queue.clients.speaker.program import run

    hide_token(asked.token)
    run(Options.of(asked))


def _drill(asked: argparse.Namespace) -> int:
    from api_queue.clients.drill.drill import run
    from api_queue.clients.drill.options import Options

    return run(Options.of(asked))


def _chaos(asked: argparse.Namespace) -> int:
    from api_queue.clients.chaos.chaos import run
    from api_queue.clients.chaos.options import Options

    return run(Options.of(asked))


def _simulate(asked: argparse.Namespace) -> int:
    from api_queue.clients.simulate.options import Options
    from api_queue.clients.simulate.simulate import run

    return run(Options.of(asked))
