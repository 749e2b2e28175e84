"""The commands that keep a server: their words and options. What they do is imported when it is asked for."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from api_queue.errors import ApiQueueError
from api_queue.settings import Settings

Load = Callable[[argparse.Namespace], Settings]


def add_keeping(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", load: Load, *parents: argparse.ArgumentParser
) -> None:
    """`parents` have `--config` and `--data`."""

    def command(name: str, action: Callable[[argparse.Namespace], int], sentence: str) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, parents=parents, help=sentence, description=sentence)
        parser.set_defaults(command=action)
        return parser

    saving = command("backup", lambda asked: _backup(asked, load), "Save all that lasts, also while the server runs.")
    saving.add_argument("folder", metavar="DIR", type=Path, help="where each backup becomes a folder")
    saving.add_argument("--keep", metavar="N", type=_one_or_more, help="of those in DIR only the newest N stay")
    restoring = command("restore", lambda asked: _restore(asked, load), "Put a backup back, while no server runs.")
    restoring.add_argument("folder", metavar="DIR", type=Path, help="a backup, or a folder of them: the newest")
    restoring.add_argument("--over", action="store_true", help="also where there is data: that is put aside")
    checking = command("check", lambda asked: _check(asked, load), "Look whether all that is kept is sound.")
    checking.add_argument("--repair", action="store_true", help="mend what can be worked out, and say what it was")


def _one_or_more(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number


def _backup(asked: argparse.Namespace, load: Load) -> int:
    from api_queue.serving.keeping_commands import take_backup

    take_backup(load(asked), asked.folder, asked.keep)
    return 0


def _restore(asked: argparse.Namespace, load: Load) -> int:
    from api_queue.serving.keeping_commands import put_back

    put_back(load(asked), asked.folder, over=asked.over)
    return 0


def _check(asked: argparse.Namespace, load: Load) -> int:
    """2: it could not be looked."""
    from api_queue.serving.keeping_commands import check

    try:
        return check(load(asked), repair=asked.repair)
    except ApiQueueError as error:
        print(error.detail, file=sys.stderr)
        return 2
