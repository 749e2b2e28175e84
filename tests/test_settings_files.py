"""Files of settings and `.env`: what is read, which one wins, and what is said of a broken one."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.errors import StartRefused, UnknownSetting
from api_queue.settings import Settings
from api_queue.settings_sources import _read_dotenv, load

Read = Callable[[str], Settings]
#: Each source with a way to say there what the MQTT prefix is; a later one wins.
SOURCES = ["file", "second file", "dotenv", "environment", "command line"]


@pytest.fixture
def dotenv(tmp_path: Path) -> Read:
    """Settings of a `.env` with this text."""

    def read(text: str) -> Settings:
        (tmp_path / ".env").write_text(text, encoding="utf-8")
        return load([], {}, dotenv=tmp_path / ".env").settings

    return read


@pytest.fixture
def toml(tmp_path: Path) -> Read:
    """Settings of a file with this text."""

    def read(text: str) -> Settings:
        (tmp_path / "party.toml").write_text(text, encoding="utf-8")
        return load([tmp_path / "party.toml"], {}, dotenv=tmp_path / "none").settings

    return read


# -- which one wins --------------------------------------------------------------------------------------------


def said_by(folder: Path, sources: list[str]) -> dict[str, Any]:
    """Arguments of `load` under which each of these sources has its own name as the prefix."""
    files = []
    for name in ("file", "second file"):
        if name in sources:
            files.append(folder / f"{name}.toml")
            files[-1].write_text(f'mqtt_prefix = "{name}"\n')
    if "dotenv" in sources:
        (folder / ".env").write_text("API_QUEUE_MQTT_PREFIX=dotenv\n")
    return {
        "files": files,
        "environment": {"API_QUEUE_MQTT_PREFIX": "environment"} if "environment" in sources else {},
        "dotenv": folder / ".env",
        "command_line": {"mqtt_prefix": "command line"} if "command line" in sources else {},
    }


@pytest.mark.parametrize("weaker", SOURCES)
@pytest.mark.parametrize("stronger", SOURCES)
def test_of_two_sources_the_later_one_wins(tmp_path: Path, weaker: str, stronger: str) -> None:
    if SOURCES.index(weaker) <= SOURCES.index(stronger):
        assert load(**said_by(tmp_path, [weaker, stronger])).settings.mqtt_prefix == stronger


def test_an_empty_text_is_a_value_too(tmp_path: Path) -> None:
    (tmp_path / "party.toml").write_text('queues_start = "garden"\n')
    loaded = load([tmp_path / "party.toml"], {"API_QUEUE_QUEUES_START": ""}, dotenv=tmp_path / "none")
    assert loaded.settings.queues_start == ""
    assert loaded.sources == {"queues_start": "the environment"}


def test_a_source_that_is_overruled_must_be_right_all_the_same(tmp_path: Path) -> None:
    (tmp_path / "party.toml").write_text("colour = 'red'\n")
    with pytest.raises(UnknownSetting, match=r"party\.toml"):
        load([tmp_path / "party.toml"], {}, dotenv=tmp_path / "none", command_line={"port": 1})


# -- TOML ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["media_offload = 'nginx'", "[media]\noffload = 'nginx'", "media.offload = 'nginx'", "media = {offload = 'nginx'}"],
)
def test_a_table_is_the_first_part_of_a_name(toml: Read, text: str) -> None:
    assert toml(text).media_offload == "nginx"


def test_tables_in_tables_are_names_too(toml: Read) -> None:
    assert toml("[mqtt.public]\nurl = 'ws://h'\n[mqtt.ws]\nport = 7").mqtt_public_url == "ws://h"


def test_an_empty_file_sets_nothing(toml: Read) -> None:
    assert toml("") == toml("[media]\n# nothing\n") == Settings()


@pytest.mark.parametrize("text", ["[media.offload]\nto = 'nginx'", "[[media]]\noffload = 'nginx'", "media = 'nginx'"])
def test_another_shape_is_another_name(toml: Read, text: str) -> None:
    with pytest.raises(UnknownSetting):
        toml(text)


@pytest.mark.parametrize("text", ["port = ", "port = 1\nport = 2", "[media", "a = 2026-13-01", "\x00"])
def test_a_broken_file_is_named_with_the_place(toml: Read, text: str) -> None:
    with pytest.raises(StartRefused, match=r"party\.toml cannot be read: ") as refused:
        toml(text)
    assert refused.value.detail.endswith(".")


@pytest.mark.parametrize("name", ["party.toml", ".env"])
def test_a_file_in_another_encoding_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes("API_QUEUE_QUEUES_START = 'Zoë'".encode("latin-1"))
    files = [tmp_path / name] if name != ".env" else []
    with pytest.raises(StartRefused, match="cannot be read"):
        load(files, {}, dotenv=tmp_path / ".env")


@pytest.mark.parametrize("name", ["party.toml", ".env"])
def test_a_folder_of_that_name_is_a_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    files = [tmp_path / name] if name != ".env" else []
    with pytest.raises(StartRefused, match=r"cannot be read: .*directory"):
        load(files, {}, dotenv=tmp_path / ".env")


# -- .env ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("API_QUEUE_MQTT_PREFIX=a", "a"),
        ("  API_QUEUE_MQTT_PREFIX = a  ", "a"),
        ("export API_QUEUE_MQTT_PREFIX=a", "a"),
        ('API_QUEUE_MQTT_PREFIX="a b"', "a b"),
        ("API_QUEUE_MQTT_PREFIX='a b'", "a b"),
        ("API_QUEUE_MQTT_PREFIX=a=b=c", "a=b=c"),
        ("API_QUEUE_MQTT_PREFIX=a#b", "a#b"),
        ("API_QUEUE_MQTT_PREFIX=a b   # what it is", "a b"),
        ("API_QUEUE_MQTT_PREFIX='a # b'  # what it is", "a # b"),
        ("API_QUEUE_MQTT_PREFIX='a", "'a"),
        ("API_QUEUE_MQTT_PREFIX=  # nothing", ""),
        ("API_QUEUE_MQTT_PREFIX=", ""),
        ("# API_QUEUE_MQTT_PREFIX=a", "api_queue"),
        ("   # API_QUEUE_MQTT_PREFIX=a", "api_queue"),
        ("MQTT_PREFIX=a", "api_queue"),
        ("api_queue_mqtt_prefix=a", "api_queue"),
    ],
)
def test_a_line_of_a_dotenv(dotenv: Read, line: str, value: str) -> None:
    assert dotenv(f"\n{line}\n").mqtt_prefix == value


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_lines_may_end_as_on_any_system(dotenv: Read, end: str) -> None:
    settings = dotenv(f"API_QUEUE_PORT=1{end}API_QUEUE_WORKERS=3{end}")
    assert (settings.port, settings.workers) == (1, 3)


def test_the_last_of_two_lines_wins(dotenv: Read) -> None:
    assert dotenv("API_QUEUE_PORT=1\nAPI_QUEUE_PORT=2\n").port == 2


def test_a_line_that_sets_nothing_is_of_no_interest(dotenv: Read) -> None:
    assert dotenv("just words\n=\n==\n") == Settings()


@given(st.text(max_size=200))
@example("export \nexport=1")
def test_any_text_is_read_as_names_and_values(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.env"
    file.write_text(text, encoding="utf-8", errors="replace")
    for name, value in _read_dotenv(file).items():
        assert name == name.strip()
        assert not name.startswith("#")
        assert "\n" not in value
