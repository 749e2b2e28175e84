"""The command line: parses, calls, and turns a refusal into one sentence and an exit code (1; 2 for bad usage)."""

import argparse
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from getpass import getpass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final, get_args

from api_queue import __version__, settings_sources
from api_queue.accounts.account_commands import create_account, delete_account, list_accounts, set_password
from api_queue.accounts.api_key_service import ApiKeyService
from api_queue.accounts.key_commands import create_key, list_keys, revoke_key
from api_queue.accounts.models import TokenRole
from api_queue.accounts.service import TokenService
from api_queue.accounts.token_commands import create_token, list_tokens, revoke_token
from api_queue.clients.command_line import add_programs
from api_queue.errors import ApiQueueError, StartRefused
from api_queue.messages.models import Storage as MessageStorage
from api_queue.serving.command_line import add_keeping
from api_queue.settings_sources import LoadedSettings
from api_queue.types import QueueName

if TYPE_CHECKING:
    from api_queue.accounts.account_service import AccountService

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

#: command -> (role, what it shares with the rest of the server)
_ALONE: Final = {
    "relay": ("relay", ("redis_url", "mqtt_url")),
    "conductor": ("conductor", ("redis_url", "sql_url")),
    "work": ("worker", ("redis_url", "sql_url")),
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

    def command(name: str, action: object, sentence: str, *parents: argparse.ArgumentParser) -> argparse.ArgumentParser:
        parser = commands.add_parser(name, parents=[common, *parents], help=sentence, description=sentence)
        parser.set_defaults(command=action)
        return parser

    serving = command("serve", _serve, "Run the whole server on this machine.")
    for option, (setting, takes) in _OPTIONS.items():
        serving.add_argument(
            option, dest=setting, metavar=takes, default=argparse.SUPPRESS, help=settings_sources.SENTENCES[setting]
        )
    for name, (role, _) in _ALONE.items():
        command(name, _run_role, f"Run only a {role}, beside a server elsewhere.").set_defaults(name=name)
    scanning = command("scan", _scan, "Scan the music of a running server.", _of_data())
    scanning.add_argument("folders", metavar="FOLDER", nargs="*", type=Path, help="only these; without one, all music")
    add_keeping(commands, lambda asked: _loaded(asked).settings, common, _of_data())
    _add_token_commands(commands, common)
    _add_account_commands(commands, common)
    _add_key_commands(commands, common)
    _add_message_commands(commands, common)
    _add_karakara_commands(commands, common)
    add_programs(commands)
    command("settings", _show_settings, "Show each setting with its value and where it was set.")
    command("version", _show_version, "Show the version.")
    return parser


def _add_token_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", *parents: argparse.ArgumentParser
) -> None:
    of_data = _of_data()
    verbs = commands.add_parser("token", help="Make, list and revoke login tokens.").add_subparsers(required=True)
    create = verbs.add_parser("create", parents=[*parents, of_data], help="Make one; its value is shown this once.")
    create.add_argument("--role", required=True, choices=get_args(TokenRole))
    create.add_argument("--queue", help="the queue that it is for")
    create.add_argument("--label", default="", help="a word to know it by")
    create.set_defaults(command=_create_token)
    listing = verbs.add_parser("list", parents=[*parents, of_data], help="Show all of them, without their values.")
    listing.set_defaults(command=_list_tokens)
    revoke = verbs.add_parser("revoke", parents=[*parents, of_data], help="End one, and all logins made from it.")
    revoke.add_argument("token_id", metavar="ID")
    revoke.set_defaults(command=_revoke_token)


def _add_account_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", *parents: argparse.ArgumentParser
) -> None:
    """Passwords are asked for, or read from standard input: arguments are for everybody to see."""
    verbs = commands.add_parser("account", help="Make, list and delete members' accounts.")
    sentences: dict[str, tuple[object, str]] = {
        "create": (_create_account, "Make one, with a password that is asked for."),
        "password": (_set_password, "Give one another password; its logins end."),
        "delete": (_delete_account, "Delete one, with its logins and its personal queue."),
        "list": (_list_accounts, "Show all of them."),
    }
    subcommands = verbs.add_subparsers(required=True)
    for name, (action, sentence) in sentences.items():
        verb = subcommands.add_parser(name, parents=[*parents, _of_data()], help=sentence)
        verb.set_defaults(command=action)
        if name != "list":
            verb.add_argument("username", metavar="NAME")


def _add_key_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", *parents: argparse.ArgumentParser
) -> None:
    of_data = _of_data()
    verbs = commands.add_parser("key", help="Make, list and revoke API keys of programs.").add_subparsers(required=True)
    create = verbs.add_parser("create", parents=[*parents, of_data], help="Make one; its value is shown this once.")
    create.add_argument("--description", required=True, help="whose it is")
    create.add_argument(
        "--queue",
        required=True,
        action="append",
        metavar="NAME=RIGHTS",
        help="READ, WRITE, DELETE, MANAGE with commas, on this queue or on all (*); may be repeated",
    )
    create.set_defaults(command=_create_key)
    listing = verbs.add_parser("list", parents=[*parents, of_data], help="Show all of them, without their values.")
    listing.set_defaults(command=_list_keys)
    revoke = verbs.add_parser("revoke", parents=[*parents, of_data], help="End one, at once.")
    revoke.add_argument("key_id", metavar="ID")
    revoke.set_defaults(command=_revoke_key)


def _add_message_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", *parents: argparse.ArgumentParser
) -> None:
    verbs = commands.add_parser("messages", help="Copy messages between storages.").add_subparsers(required=True)
    copying = verbs.add_parser("copy", parents=[*parents, _of_data()], help="Copy them; what is there already stays.")
    for option in ("from", "to"):
        copying.add_argument(f"--{option}", dest=f"{option}_storage", required=True, choices=get_args(MessageStorage))
    copying.add_argument("--queue", metavar="Q", help="only this one, with its dead letters")
    copying.set_defaults(command=_copy_messages)


def _add_karakara_commands(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]", *parents: argparse.ArgumentParser
) -> None:
    of_data = _of_data()
    verbs = commands.add_parser("karakara", help="Move rooms of KaraKara over, and make videos for its player.")
    subcommands = verbs.add_subparsers(required=True)
    sentence = "Make a room of a running server, or fill it, from files of KaraKara's server."
    importing = subcommands.add_parser("import", parents=[*parents, of_data], help=sentence, description=sentence)
    importing.add_argument("--room", required=True, metavar="R", help="1 to 16 of a-z and 0-9")
    importing.add_argument("--queue", metavar="FILE", type=Path, help="its queue.csv; what is over stays behind")
    importing.add_argument("--settings", metavar="FILE", type=Path, help="its settings.json")
    importing.set_defaults(command=_import_room)
    sentence = "Make videos of the covers and the music, for a player that shows nothing else."
    encoding = subcommands.add_parser("encode", parents=[*parents, of_data], help=sentence, description=sentence)
    encoding.add_argument("track", metavar="TRACK", nargs="?", help="only of this one; without, of all without a video")
    encoding.set_defaults(command=_encode)


def _of_data() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--data", metavar="DIR", default=argparse.SUPPRESS, help="the server's data folder")
    return parser


def _loaded(asked: argparse.Namespace) -> LoadedSettings:
    given = {setting: getattr(asked, setting) for setting, _ in _OPTIONS.values() if hasattr(asked, setting)}
    return settings_sources.load(asked.config, os.environ, command_line=given)


def _serve(asked: argparse.Namespace) -> None:
    from api_queue.serving.forking import start_fork_server

    loaded = _loaded(asked)
    named = getattr(asked, "library_roots", "")
    if named and not Path(named).exists():  # of a file's folders one may be away: a disk that is not plugged in
        raise StartRefused(reason=f"There is no music folder {named}; look at --music.")
    start_fork_server()
    from api_queue.serving.serve import serve  # takes half a second, in which the fork server does the same

    _warn_of_ignored(loaded)
    if loaded.settings.profile == "normal" or "data" in loaded.sources:
        return serve(loaded.settings)
    with TemporaryDirectory(prefix="api_queue-demo-") as data:  # a demo leaves nothing behind
        return serve(replace(loaded.settings, data=Path(data)))


def _warn_of_ignored(loaded: LoadedSettings) -> None:
    import structlog

    from api_queue.logs import configure_logs

    if loaded.ignored:
        configure_logs(loaded.settings.log_level)
    for sentence in loaded.ignored:
        structlog.get_logger().warning(sentence)


def _run_role(asked: argparse.Namespace) -> None:
    from api_queue.serving.roles import run_alone

    settings = _loaded(asked).settings
    role, shared = _ALONE[asked.name]
    if not all(getattr(settings, setting) for setting in shared):
        variables = " and ".join(f"{settings_sources.PREFIX}{setting.upper()}" for setting in shared)
        raise StartRefused(reason=f"A {role} alone needs the server's own {' and '.join(shared)}: set {variables}.")
    run_alone(role, settings)


def _scan(asked: argparse.Namespace) -> int:
    from api_queue.serving.scanning import scan

    return scan(_loaded(asked).settings, asked.folders)


def _show_settings(asked: argparse.Namespace) -> None:
    print(*settings_sources.lines(_loaded(asked)), sep="\n")


def _show_version(_asked: argparse.Namespace) -> None:
    print(__version__)


def _create_token(asked: argparse.Namespace) -> None:
    queue = QueueName(asked.queue) if asked.queue else None
    _token(asked, lambda tokens: create_token(tokens, asked.role, queue, label=asked.label))


def _list_tokens(asked: argparse.Namespace) -> None:
    _token(asked, list_tokens)


def _revoke_token(asked: argparse.Namespace) -> None:
    _token(asked, lambda tokens: revoke_token(tokens, asked.token_id))


def _token(asked: argparse.Namespace, command: Callable[[TokenService], Awaitable[str]]) -> None:
    from api_queue.serving.account_commands import with_parts

    print(with_parts(_loaded(asked).settings, lambda parts: command(parts.tokens)))


def _create_account(asked: argparse.Namespace) -> None:
    password = _asked_password()
    _account(asked, lambda accounts: create_account(accounts, asked.username, password))


def _set_password(asked: argparse.Namespace) -> None:
    password = _asked_password()
    _account(asked, lambda accounts: set_password(accounts, asked.username, password))


def _delete_account(asked: argparse.Namespace) -> None:
    _account(asked, lambda accounts: delete_account(accounts, asked.username))


def _list_accounts(asked: argparse.Namespace) -> None:
    _account(asked, list_accounts)


def _asked_password() -> str:
    return getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")


def _account(asked: argparse.Namespace, command: "Callable[[AccountService], Awaitable[str]]") -> None:
    from api_queue.serving.account_commands import with_parts

    print(with_parts(_loaded(asked).settings, lambda parts: command(parts.accounts)))


def _create_key(asked: argparse.Namespace) -> None:
    _key(asked, lambda keys: create_key(keys, asked.description, asked.queue))


def _list_keys(asked: argparse.Namespace) -> None:
    _key(asked, list_keys)


def _revoke_key(asked: argparse.Namespace) -> None:
    _key(asked, lambda keys: revoke_key(keys, asked.key_id))


def _key(asked: argparse.Namespace, command: Callable[[ApiKeyService], Awaitable[str]]) -> None:
    from api_queue.serving.account_commands import with_parts

    print(with_parts(_loaded(asked).settings, lambda parts: command(parts.api_keys)))


def _copy_messages(asked: argparse.Namespace) -> None:
    from api_queue.serving.message_commands import copy_between

    print(copy_between(_loaded(asked).settings, asked.from_storage, asked.to_storage, asked.queue))


def _import_room(asked: argparse.Namespace) -> int:
    from api_queue.serving.karakara_commands import import_room

    return import_room(_loaded(asked).settings, asked.room, asked.queue, asked.settings)


def _encode(asked: argparse.Namespace) -> int:
    from api_queue.serving.karakara_commands import encode

    return encode(_loaded(asked).settings, asked.track)
