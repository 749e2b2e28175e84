"""The command line: parses, calls, and turns a refusal into one sentence and an exit code (1; 2 for bad usage)."""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from api_queue import __version__, settings_sources
from api_queue.errors import ApiQueueError
from api_queue.settings_sources import LoadedSettings

#: option of `serve` -> (setting, what it takes)
_OPTIONS: Final = {
    "--host": ("host", "H"),
    "--port": ("port", "P"),
    "--mqtt-port": ("mqtt_port", "P"),
    "--mqtt-ws-port": ("mqtt_ws_port", "P"),
    "--data": ("data", "DIR"),
    "--music": ("library_roots", "DIR"),
    "--workers": ("workers", "N"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # a KeyboardInterrupt during an import prints a page, or gets lost
    asked = _parser().parse_args(arguments)
    try:
        return int(asked.command(asked) or 0)
    except ApiQueueError as error:
        print(error.detail, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m api_queue", description="The music of a party, from one command.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", metavar="FILE", action="append", type=Path, default=[], help="settings in TOML")

    def command(name: str, action: object, sentence: str) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, parents=[common], help=sentence, description=sentence)
        parser.set_defaults(command=action)
        return parser

    serving = command("serve", _serve, "Run the whole server on this machine.")
    for option, (setting, takes) in _OPTIONS.items():
        serving.add_argument(option, dest=setting, metavar=takes, default=argparse.SUPPRESS)
    for role in ("relay", "conductor"):
        command(role, _run_role, f"Run only a {role}, beside a server elsewhere.").set_defaults(role=role)
    command("settings", _show_settings, "Show each setting with its value and where it was set.")
    command("version", _show_version, "Show the version.")
    return parser


def _loaded(asked: argparse.Namespace) -> LoadedSettings:
    given = {setting: getattr(asked, setting) for setting, _ in _OPTIONS.values() if hasattr(asked, setting)}
    return settings_sources.load(asked.config, os.environ, command_line=given)


def _serve(asked: argparse.Namespace) -> None:
    from api_queue.serving.serve import serve

    serve(_loaded(asked).settings)


def _run_role(asked: argparse.Namespace) -> None:
    from api_queue.serving.roles import run_role

    run_role(asked.role, _loaded(asked).settings)


def _show_settings(asked: argparse.Namespace) -> None:
    print(*settings_sources.lines(_loaded(asked)), sep="\n")


def _show_version(_asked: argparse.Namespace) -> None:
    print(__version__)
