"""Each key of the settings takes what it says, from its first value to its last, and nothing else."""

from dataclasses import fields
from pathlib import Path
from typing import Any, Final, get_args, get_origin

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.errors import ApiQueueError, BadSetting, UnknownSetting
from api_queue.settings import Settings
from api_queue.settings_sources import TYPES, lines, load

NOWHERE: Final = Path("/none")
KEYS: Final = [key.name for key in fields(Settings)]
DEFAULTS: Final = Settings()


def of_kind(kind: type) -> list[str]:
    return [key for key in KEYS if type(getattr(DEFAULTS, key)) is kind]


PORTS: Final = ["port", "mqtt_port", "mqtt_ws_port"]
FEW: Final = ["tracklists_retries", "redis_wait_replicas"]
COUNTS: Final = [key for key in of_kind(int) if key not in {*PORTS, *FEW}]
SECONDS: Final = of_kind(float)
LISTS: Final = of_kind(tuple)
SECRETS: Final = [key.name for key in fields(Settings) if key.metadata["secret"]]
CHOICES: Final = {key: get_args(kind) for key, kind in TYPES.items() if str(kind).startswith("typing.Literal")}


def taken(key: str, value: object) -> Any:
    """What a file, the command line and (of a text) the environment all make of it."""
    given = [getattr(load([], {}, dotenv=NOWHERE, command_line={key: value}).settings, key)]
    if isinstance(value, str):
        variables = {f"API_QUEUE_{key.upper()}": value}
        given.append(getattr(load([], variables, dotenv=NOWHERE).settings, key))
    assert given.count(given[0]) == len(given)
    return given[0]


def refusal(key: str, value: object) -> str:
    with pytest.raises(BadSetting) as refused:
        load([], {}, dotenv=NOWHERE, command_line={key: value})
    return refused.value.detail


# -- numbers ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", PORTS)
def test_a_port_is_a_port(key: str) -> None:
    assert [taken(key, text) for text in ("0", "1", "65535")] == [0, 1, 65535]
    for wrong in ("-1", "65536", "http", "", "80.5"):
        assert f"'{key}' must be a whole number from 0 to 65535, not '{wrong}'" in refusal(key, wrong)


@pytest.mark.parametrize("key", COUNTS)
def test_a_count_begins_at_one(key: str) -> None:
    assert [taken(key, text) for text in ("1", "100000")] == [1, 100_000]
    for wrong in ("0", "-1", "many", "", "1.5"):
        assert f"'{key}' must be a whole number of at least 1, not '{wrong}'" in refusal(key, wrong)


@pytest.mark.parametrize("key", FEW)
def test_they_are_few_or_none(key: str) -> None:
    assert [taken(key, text) for text in ("0", "10")] == [0, 10]
    for wrong in ("11", "-1", "", "1.5"):
        assert f"'{key}' must be a whole number from 0 to 10, not '{wrong}'" in refusal(key, wrong)


@pytest.mark.parametrize("key", SECONDS)
def test_seconds_are_more_than_none(key: str) -> None:
    assert [taken(key, text) for text in ("0.001", "1", "86400")] == [0.001, 1.0, 86_400.0]
    for wrong in ("0", "-0.0", "-1", "nan", "soon", ""):
        assert f"'{key}' must be a number above 0, not '{wrong}'" in refusal(key, wrong)


@pytest.mark.parametrize("key", PORTS + FEW + COUNTS + SECONDS)
@pytest.mark.parametrize("value", [True, False, None, [], {}, b"1"])
def test_a_number_is_nothing_else(key: str, value: object) -> None:
    assert f"'{key}' must be a" in refusal(key, value)


def test_every_number_has_bounds() -> None:
    assert sorted(of_kind(int) + of_kind(float)) == sorted(PORTS + FEW + COUNTS + SECONDS)
    assert all(get_args(TYPES[key]) for key in of_kind(int) + of_kind(float))


# -- words, texts, lists ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "words"), CHOICES.items())
def test_a_choice_is_one_of_its_words_in_any_letter_case(key: str, words: tuple[str, ...]) -> None:
    assert [taken(key, word) for word in words] == list(words)
    assert taken(key, words[-1].upper()) == words[-1]
    for wrong in (f" {words[-1]}", "both"):
        assert f"'{key}' must be one of '{words[0]}'" in refusal(key, wrong)


def test_the_sentence_about_a_choice_names_each_word() -> None:
    wanted = "must be one of 'debug', 'info', 'warning', 'error', not 'loud' as in the command line."
    assert refusal("log_level", "loud").endswith(wanted)


@pytest.mark.parametrize("key", of_kind(bool))
def test_what_is_so_or_not_is_true_or_false(key: str) -> None:
    values = (True, False, "true", "False", "1", "0")
    assert [taken(key, value) for value in values] == [True, False, True, False, True, False]
    for wrong in ("off", "", 5, "perhaps"):
        assert f"'{key}' must be true or false, not '{wrong}'" in refusal(key, wrong)


@pytest.mark.parametrize("key", of_kind(str))
def test_a_text_is_no_number(key: str) -> None:
    assert f"'{key}' must be " in refusal(key, 5)


@pytest.mark.parametrize("key", [key for key in of_kind(str) if key not in CHOICES])
def test_a_text_is_taken_to_the_letter(key: str) -> None:
    assert [taken(key, text) for text in ("", " a b ", "Zoë=1")] == ["", " a b ", "Zoë=1"]


@pytest.mark.parametrize("key", LISTS)
def test_a_list_in_one_text_is_split_at_commas(key: str) -> None:
    assert [str(part) for part in taken(key, " 10.0.0.1 ,, /b ")] == ["10.0.0.1", "/b"]
    assert taken(key, "") == ()
    assert [str(part) for part in taken(key, ["one,two"])] == ["one,two"]


@pytest.mark.parametrize("key", LISTS)
@pytest.mark.parametrize("value", [5, {"a": 1}, ["a", 5], None])
def test_a_list_is_of_texts(key: str, value: object) -> None:
    assert f"'{key}' must be a list of texts" in refusal(key, value)


@pytest.mark.parametrize("text", ["~", "~/music"])
def test_a_folder_may_begin_at_home(text: str) -> None:
    assert taken("data", text) == Path(text).expanduser() != Path(text)
    assert taken("library_roots", text) == (Path(text).expanduser(),)


def test_a_folder_may_come_as_a_path() -> None:
    assert taken("data", Path("/a")) == Path("/a")


@pytest.mark.parametrize("value", [5, ["/a"], "~nobody-of-this-name/party"])
def test_a_folder_that_can_be_none_is_refused(value: object) -> None:
    assert "'data' must be a text" in refusal("data", value)


def test_bytes_of_the_environment_that_are_no_text_are_a_sentence() -> None:
    with pytest.raises(BadSetting, match="'port' must be a whole number"):
        load([], {"API_QUEUE_PORT": "80\udcff"}, dotenv=NOWHERE)


# -- any value -------------------------------------------------------------------------------------------------


@given(st.sampled_from(KEYS), st.text(max_size=20))
@example("data", "~nobody-of-this-name/party")
@example("library_roots", "~nobody-of-this-name")
def test_any_text_is_taken_or_refused_with_the_keys_name(key: str, text: str) -> None:
    try:
        value = taken(key, text)
    except BadSetting as refused:
        named = refused.facts["key"]
    else:
        named = key
        assert isinstance(value, tuple if get_origin(TYPES[key]) is tuple else type(getattr(DEFAULTS, key)))
    assert named == key


@given(st.text(max_size=30).filter(lambda key: key not in KEYS))
def test_any_other_key_is_refused_by_name(key: str) -> None:
    with pytest.raises(ApiQueueError) as refused:
        load([], {}, dotenv=NOWHERE, command_line={key: "1"})
    assert isinstance(refused.value, UnknownSetting)
    assert refused.value.facts["key"] == key


@pytest.mark.parametrize("key", KEYS)
def test_a_slip_of_the_finger_is_understood(key: str) -> None:
    slip = key[:-2] + key[-1] + key[-2] if key[-1] != key[-2] else key[:-1]
    with pytest.raises(UnknownSetting) as refused:
        load([], {f"API_QUEUE_{slip.upper()}": "1"}, dotenv=NOWHERE)
    assert str(refused.value.facts["hint"]).endswith(f"Did you mean '{key}'?")


# -- how they are shown ----------------------------------------------------------------------------------------


def test_each_key_has_one_line_in_the_order_of_the_docs() -> None:
    shown = list(lines(load([], {}, dotenv=NOWHERE)))
    assert [line.partition(" = ")[0] for line in shown] == KEYS
    assert all(line.endswith("(default)") for line in shown)


@pytest.mark.parametrize("key", SECRETS)
def test_a_secret_that_is_set_is_shown_as_set(key: str) -> None:
    loaded = load([], {f"API_QUEUE_{key.upper()}": "x://me:hunter2@host"}, dotenv=NOWHERE)
    shown = "\n".join(lines(loaded))
    assert f"{key} = *** (the environment)" in shown
    assert "hunter2" not in shown


def test_what_holds_a_login_is_a_secret() -> None:
    assert SECRETS == ["redis_url", "sql_url", "mqtt_url", "mqtt_discovery_password", "api_keys_json"]
