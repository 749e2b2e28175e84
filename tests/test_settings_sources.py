from pathlib import Path

import pytest

from api_queue.errors import BadSetting, StartRefused, UnknownSetting
from api_queue.settings import Settings
from api_queue.settings_sources import SECRETS, LoadedSettings, lines, load


def file(folder: Path, text: str, name: str = "party.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def from_environment(**variables: str) -> LoadedSettings:
    return load([], {f"API_QUEUE_{key.upper()}": text for key, text in variables.items()}, dotenv=Path("/none"))


def test_without_sources_everything_is_default() -> None:
    loaded = load([], {"PATH": "/bin"}, dotenv=Path("/none"))
    assert loaded.settings == Settings()
    assert not loaded.sources


def test_later_sources_win(tmp_path: Path) -> None:
    # Given each source with its own word on some keys
    one = file(tmp_path, "port = 1\nworkers = 1\n[mqtt]\nport = 1\nws_port = 1\nprefix = 'one'\n", "one.toml")
    two = file(tmp_path, "workers = 2\n[mqtt]\nport = 2\nws_port = 2\nprefix = 'two'\n", "two.toml")
    dotenv = file(tmp_path, "API_QUEUE_MQTT_PORT=3\nAPI_QUEUE_MQTT_WS_PORT=3\nAPI_QUEUE_MQTT_PREFIX=three\n", ".env")
    environment = {"API_QUEUE_MQTT_WS_PORT": "4", "API_QUEUE_MQTT_PREFIX": "four"}
    # When they are read
    loaded = load([one, two], environment, dotenv=dotenv, command_line={"mqtt_prefix": "five"})
    # Then each key has the word of the last source that has one, and remembers which
    settings = loaded.settings
    assert (settings.port, settings.workers, settings.mqtt_port, settings.mqtt_ws_port) == (1, 2, 3, 4)
    assert settings.mqtt_prefix == "five"
    assert loaded.sources == {
        "port": str(one),
        "workers": str(two),
        "mqtt_port": str(dotenv),
        "mqtt_ws_port": "the environment",
        "mqtt_prefix": "the command line",
    }


def test_a_dotenv_has_comments_quotes_exports_and_other_programs_names(tmp_path: Path) -> None:
    text = "# API_QUEUE_PORT=1\n\nexport API_QUEUE_HOST='127.0.0.1'\nAPI_QUEUE_MQTT_PREFIX = \"a=b\"\nOTHER=x\n"
    loaded = load([], {}, dotenv=file(tmp_path, text, ".env"))
    assert (loaded.settings.host, loaded.settings.mqtt_prefix, loaded.settings.port) == ("127.0.0.1", "a=b", 8000)


def test_texts_become_what_the_key_is() -> None:
    settings = from_environment(
        port="0", sse_heartbeat_s="2.5", library_roots="/a, ~/b", trusted_proxies="10.0.0.1", profile="demo"
    ).settings
    assert (settings.port, settings.sse_heartbeat_s, settings.profile) == (0, 2.5, "demo")
    assert settings.library_roots == (Path("/a"), Path.home() / "b")
    assert settings.trusted_proxies == ("10.0.0.1",)


def test_an_unknown_key_names_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(UnknownSetting, match=r"no setting 'media_offlaod'.*party.toml.*Did you mean 'media_offload'\?"):
        load([file(tmp_path, "[media]\nofflaod = 'nginx'\n")], {}, dotenv=Path("/none"))


def test_an_unknown_key_that_is_like_none_is_only_named() -> None:
    with pytest.raises(UnknownSetting, match=r"no setting 'zzz'. It is set in the environment.$"):
        from_environment(zzz="1")


@pytest.mark.parametrize(
    ("key", "text", "wanted"),
    [
        ("port", "eight", "a whole number from 0 to 65535, not 'eight' as in the environment"),
        ("port", "65536", "a whole number from 0 to 65535"),
        ("workers", "0", "a whole number of at least 1"),
        ("sse_heartbeat_s", "0", "a number above 0"),
        ("profile", "party", "one of 'normal', 'demo'"),
    ],
)
def test_a_value_that_does_not_fit_gets_a_sentence(key: str, text: str, wanted: str) -> None:
    with pytest.raises(BadSetting) as refused:
        from_environment(**{key: text})
    assert f"The setting '{key}' must be {wanted}" in refused.value.detail


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("[library]\nroots = 5", "must be a list of texts"),
        ("host = []", "must be a text"),
        ("port = true", "whole number"),
    ],
)
def test_a_file_with_another_kind_of_value_gets_a_sentence(tmp_path: Path, text: str, wanted: str) -> None:
    with pytest.raises(BadSetting, match=wanted):
        load([file(tmp_path, text)], {}, dotenv=Path("/none"))


@pytest.mark.parametrize("text", [None, "port = = 1"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, text: str | None) -> None:
    path = tmp_path / "missing.toml" if text is None else file(tmp_path, text)
    with pytest.raises(StartRefused, match=str(path)):
        load([path], {}, dotenv=Path("/none"))


def test_each_key_is_shown_with_its_source_and_without_secrets() -> None:
    shown = list(lines(from_environment(redis_url="redis://:hunter2@host", library_roots="/a,/b")))
    assert "redis_url = *** (the environment)" in shown
    assert "library_roots = /a, /b (the environment)" in shown
    assert "port = 8000 (default)" in shown
    assert "sql_url =  (default)" in shown


@pytest.mark.parametrize("key", sorted(SECRETS))
def test_a_secret_that_does_not_fit_is_not_repeated(tmp_path: Path, key: str) -> None:
    with pytest.raises(BadSetting, match=rf"'{key}' must be a text, not '\*\*\*' as in"):
        load([file(tmp_path, f"{key} = ['hunter2']")], {}, dotenv=Path("/none"))
