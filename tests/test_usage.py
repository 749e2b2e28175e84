"""The command line in the test's own process: how it is used, what it prints, how it ends."""

import re
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import structlog

from api_queue import __version__, command_line, logs, settings_sources
from api_queue.accounts.models import TokenRole
from api_queue.command_line import main
from api_queue.drivers.sql import url_of
from api_queue.migrations import upgrade
from api_queue.serving import forking, roles, serve
from api_queue.settings import Settings

KEEPING = "serve relay conductor work scan backup restore check"
COMMANDS = f"{KEEPING} token account key messages karakara speaker drill chaos simulate settings version".split()


class Said(NamedTuple):
    code: int
    out: str
    err: str


Say = Callable[..., Said]


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder without a `.env`, the test run's own Ctrl-C, and no process."""
    before = signal.getsignal(signal.SIGINT)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(forking, "start_fork_server", lambda: None)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    def say(*arguments: str) -> Said:
        try:
            code: Any = main(arguments)
        except SystemExit as ended:
            code = ended.code
        return Said(code, *capsys.readouterr())

    return say


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> list[Settings]:
    """What would have been served."""
    asked: list[Settings] = []
    monkeypatch.setattr(serve, "serve", asked.append)
    return asked


# -- usage -----------------------------------------------------------------------------------------------------


def test_help_names_each_command(say: Say) -> None:
    said = say("--help")
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines() if re.match("    [a-z]", line)] == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(say: Say, command: str) -> None:
    said = say(command, "--help")
    assert (said.code, said.err) == (0, "")
    assert f"usage: python -m api_queue {command}" in said.out


def test_serve_explains_its_options_as_the_settings_do(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    help_text, settings = say("serve", "--help").out, "host port mqtt_port mqtt_ws_port data library_roots workers"
    assert [name for name in settings.split() if settings_sources.SENTENCES[name] not in help_text] == []


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (["serve", "party"], "party"),
        (["serve", "--port"], "--port"),
        (["version", "--port", "1"], "--port"),
        (["settings", "--config"], "--config"),
        (["token"], "usage"),
        (["token", "steal"], "steal"),
        (["token", "create"], "--role"),
        (["token", "create", "--role", "guest"], "guest"),
        (["token", "create", "--role", "king"], "king"),
        (["token", "revoke"], "ID"),
        (["key"], "usage"),
        (["key", "create", "--description", "lamps"], "--queue"),
        (["key", "create", "--queue", "*=READ"], "--description"),
        (["key", "revoke"], "ID"),
        (["relay", "--port", "1"], "--port"),
    ],
    ids=" ".join,
)
def test_bad_usage_is_code_2_and_names_what_is_wrong(say: Say, arguments: list[str], wrong: str) -> None:
    said = say(*arguments)
    assert (said.code, said.out) == (2, "")
    assert wrong in said.err


@pytest.mark.parametrize("role", get_args(TokenRole))
def test_a_token_can_be_asked_for_each_role(say: Say, role: str) -> None:
    assert "no server's database" in say("token", "create", "--role", role).err


# -- serve -----------------------------------------------------------------------------------------------------


def test_each_option_sets_its_key(say: Say, served: list[Settings]) -> None:
    ports = ["--port", "1", "--mqtt-port", "2", "--mqtt-ws-port", "3"]
    said = say("serve", "--host", "127.0.0.1", *ports, "--data", "/d", "--music", "/", "--workers", "4")
    assert (said.code, said.err) == (0, "")
    assert served == [
        Settings(
            host="127.0.0.1",
            port=1,
            mqtt_port=2,
            mqtt_ws_port=3,
            data=Path("/d"),
            library_roots=(Path("/"),),
            workers=4,
        )
    ]


def test_without_options_the_defaults_are_served(say: Say, served: list[Settings]) -> None:
    say("serve")
    assert served == [Settings()]


def test_an_option_wins_over_environment_dotenv_and_files(
    say: Say, served: list[Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "party.toml").write_text("port = 1\nworkers = 1\n[mqtt]\nport = 1\n")
    (tmp_path / ".env").write_text("API_QUEUE_PORT=2\nAPI_QUEUE_WORKERS=2\n")
    monkeypatch.setenv("API_QUEUE_PORT", "3")
    say("serve", "--config", "party.toml", "--port", "4")
    assert [(one.port, one.workers, one.mqtt_port) for one in served] == [(4, 2, 1)]


def test_what_is_ignored_is_told_at_the_start(
    say: Say, served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "configure_logs", lambda _level: None)
    monkeypatch.setenv("DEBUG", "true")
    with structlog.testing.capture_logs() as logged:
        say("serve")
    assert [(line["log_level"], line["event"][:35]) for line in logged] == [
        ("warning", "DEBUG in the environment is ignored")
    ]
    assert served == [Settings()]


def test_of_several_files_the_last_wins(say: Say, served: list[Settings], tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / f"{number}.toml").write_text(f"port = {number}\n")
    say("serve", "--config", "2.toml", "--config", "1.toml")
    assert [one.port for one in served] == [1]


def test_a_demo_has_a_folder_of_its_own_which_then_goes(
    say: Say, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders: list[Path] = []

    def look(settings: Settings) -> None:
        assert settings.data.is_dir()
        folders.append(settings.data)

    monkeypatch.setattr(serve, "serve", look)
    monkeypatch.setenv("API_QUEUE_PROFILE", "demo")
    assert say("serve").code == 0
    assert folders[0].name.startswith("api_queue-demo-")
    assert not folders[0].exists()


def test_a_demo_keeps_a_folder_that_was_named(
    say: Say, served: list[Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_QUEUE_PROFILE", "demo")
    say("serve", "--data", "/kept")
    assert [one.data for one in served] == [Path("/kept")]


def test_ctrl_c_is_a_good_end(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_settings: Settings) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(serve, "serve", interrupted)
    assert say("serve") == Said(0, "", "")


def test_what_nobody_foresaw_is_not_hidden(say: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_settings: Settings) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(serve, "serve", broken)
    with pytest.raises(ZeroDivisionError):
        say("serve")


# -- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["settings", "--config", "none.toml"], "The settings in none.toml cannot be read: "),
        (["settings", "--config", "."], "The settings in . cannot be read: "),
        (["serve", "--port", "-1"], "The setting 'port' must be a whole number from 0 to 65535, not '-1'"),
        (["serve", "--workers", "0"], "The setting 'workers' must be a whole number of at least 1"),
        (["serve", "--mqtt-port", "x"], "The setting 'mqtt_port' must be"),
        (["token", "list", "--data", "none"], "There is no server's database in none; name its folder with --data."),
        (["relay"], "A relay alone needs the server's own redis_url and mqtt_url: set API_QUEUE_REDIS_URL and "),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_a_refusal_is_one_sentence_and_code_1(say: Say, arguments: list[str], sentence: str) -> None:
    said = say(*arguments)
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith(sentence)
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("key", ["REDIS_URL", "SQL_URL"])
def test_a_role_alone_needs_both_addresses(say: Say, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv(f"API_QUEUE_{key}", "x://me:hunter2@h")
    said = say("conductor")
    assert said.code == 1
    assert "hunter2" not in said.err


@pytest.mark.parametrize(("command", "role"), [("conductor", "conductor"), ("work", "worker")])
def test_who_writes_rows_needs_the_servers_database(
    say: Say, monkeypatch: pytest.MonkeyPatch, command: str, role: str
) -> None:
    monkeypatch.setenv("API_QUEUE_REDIS_URL", "redis://r")
    needed = "redis_url and sql_url: set API_QUEUE_REDIS_URL and API_QUEUE_SQL_URL"
    assert say(command) == Said(1, "", f"A {role} alone needs the server's own {needed}.\n")


@pytest.mark.parametrize(("command", "role"), [("relay", "relay"), ("conductor", "conductor"), ("work", "worker")])
def test_a_role_runs_with_the_addresses_that_it_was_given(
    say: Say, monkeypatch: pytest.MonkeyPatch, command: str, role: str
) -> None:
    ran: list[tuple[str, str, str]] = []
    monkeypatch.setattr(roles, "run_alone", lambda role, one: ran.append((role, one.redis_url, one.mqtt_url)))
    monkeypatch.setenv("API_QUEUE_REDIS_URL", "redis://r")
    monkeypatch.setenv("API_QUEUE_MQTT_URL", "mqtt://m")
    monkeypatch.setenv("API_QUEUE_SQL_URL", "sqlite:///s")
    assert say(command).code == 0
    assert ran == [(role, "redis://r", "mqtt://m")]


# -- what is shown ---------------------------------------------------------------------------------------------


def test_settings_come_from_a_dotenv_in_this_folder_and_hide_secrets(say: Say, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("API_QUEUE_MQTT_URL=mqtt://me:hunter2@h\nAPI_QUEUE_WORKERS=3\n")
    said = say("settings")
    assert "mqtt_url = *** (.env)\n" in said.out
    assert "workers = 3 (.env)\n" in said.out
    assert "hunter2" not in said.out


def test_a_version_is_a_version(say: Say) -> None:
    assert say("version") == Said(0, f"{__version__}\n", "")
    assert __version__[0].isdigit()


def test_ctrl_c_during_an_import_ends_us_at_once(say: Say) -> None:
    say("version")
    assert signal.getsignal(signal.SIGINT) is signal.SIG_DFL


def test_what_a_command_needs_is_loaded_by_it_alone() -> None:
    assert not {"serve", "run_alone", "with_parts"} & vars(command_line).keys()


# -- tokens ----------------------------------------------------------------------------------------------------


@pytest.fixture
def data(tmp_path: Path) -> str:
    """The folder of a server that does not run."""
    upgrade(url_of("", tmp_path))
    return str(tmp_path)


def test_a_list_of_no_tokens_is_its_heading(say: Say, data: str) -> None:
    said = say("token", "list", "--data", data)
    assert said.out.split() == ["id", "role", "queue", "label", "made", "until", "uses", "last", "used"]


def test_a_token_of_a_queue_needs_its_name(say: Say, data: str) -> None:
    said = say("token", "create", "--role", "host", "--data", data)
    assert said.code == 1
    assert said.err.startswith("A token for the role host ")


def test_an_unknown_token_is_not_revoked(say: Say, data: str) -> None:
    assert say("token", "revoke", "none", "--data", data) == Said(1, "", "There is no token 'none'.\n")


# -- keys ------------------------------------------------------------------------------------------------------


def test_a_key_is_made_listed_and_revoked(say: Say, data: str) -> None:
    made = say("key", "create", "--description", "lamps", "--queue", "lamps=read", "--queue", "*=READ", "--data", data)
    assert re.fullmatch(r"aqk_[a-z2-7]{32}\n", made.out)
    key_id = say("key", "list", "--data", data).out.splitlines()[1].split()[0]
    assert say("key", "revoke", key_id, "--data", data) == Said(0, f"The API key {key_id} is revoked.\n", "")


def test_a_key_with_a_right_that_is_none_is_not_made(say: Say, data: str) -> None:
    said = say("key", "create", "--description", "lamps", "--queue", "lamps=READ,PLAY", "--data", data)
    assert said == Said(1, "", "This cannot be an API key: rights are READ, WRITE, DELETE, MANAGE.\n")


def test_an_unknown_key_is_not_revoked(say: Say, data: str) -> None:
    assert say("key", "revoke", "none", "--data", data) == Said(1, "", "There is no API key 'none'.\n")


def test_no_server_starts_whose_keys_cannot_be_read(say: Say, data: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYQUEUE_API_KEYS_JSON", '{"hunter2": 5}')
    said = say("serve", "--data", data, "--port", "0")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("The API keys in the setting api_keys_json cannot be read: ")
    assert "hunter2" not in said.err


@pytest.mark.parametrize("name", ["nowhere", "one.flac", "loop"])
def test_a_scan_of_what_is_no_folder_is_refused(say: Say, tmp_path: Path, name: str) -> None:
    (tmp_path / "one.flac").touch()
    (tmp_path / "loop").symlink_to("loop")
    said = say("scan", f"{tmp_path / name}")
    assert said.code == 1
    assert f"There is no folder {tmp_path / name}" in said.err
