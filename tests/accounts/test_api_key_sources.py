"""API keys that the operator wrote down, and what is said when they cannot be read."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.accounts.api_key_sources import configured_keys
from api_queue.accounts.models import hash_of
from api_queue.errors import StartRefused
from api_queue.settings import Settings

ROOT = Path(__file__).parents[2]
KEY = "hunter2-hunter2-hunter2"
LAMPS = {"description": "Lamps", "queues": {"lamps": ["READ", "Delete"]}}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The server is started here, and has no file yet."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def usual_file(folder: Path, keys: object) -> None:
    (folder / "config").mkdir()
    (folder / "config" / "api_keys.json").write_text(json.dumps(keys))


def refusal(text: str) -> str:
    with pytest.raises(StartRefused) as refused:
        configured_keys(Settings(api_keys_json=text))
    return refused.value.detail


def test_without_a_file_there_are_none() -> None:
    assert configured_keys(Settings()) == {}


def test_the_usual_file_is_taken_where_it_is(folder: Path) -> None:
    usual_file(folder, {KEY: LAMPS})
    program = configured_keys(Settings())[hash_of(KEY)]
    assert program.description == "Lamps"
    assert program.queues == {"lamps": {"read", "delete"}}
    assert KEY not in repr(configured_keys(Settings()))


def test_a_named_file_is_taken_in_place_of_it(folder: Path) -> None:
    usual_file(folder, {"usual": LAMPS})
    (folder / "keys.json").write_text(json.dumps({KEY: LAMPS}))
    assert set(configured_keys(Settings(api_keys_file="keys.json"))) == {hash_of(KEY)}


def test_the_setting_adds_to_the_file_and_wins(folder: Path) -> None:
    usual_file(folder, {KEY: LAMPS, "file": LAMPS})
    other = {"description": "Fans", "queues": {"*": ["write"]}}
    programs = configured_keys(Settings(api_keys_json=json.dumps({KEY: other, "setting": other})))
    said = {name: programs[hash_of(name)].description for name in (KEY, "file", "setting")}
    assert said == {KEY: "Fans", "file": "Lamps", "setting": "Fans"}


def test_the_example_that_we_ship_can_be_read() -> None:
    programs = configured_keys(Settings(api_keys_file=str(ROOT / "config/api_keys.example.json")))
    assert [set(program.queues) for program in programs.values()] == [{"lamps"}, {"*"}]


def test_a_file_that_was_named_must_be_there() -> None:
    with pytest.raises(StartRefused, match=r"in none.json cannot be read: No such file"):
        configured_keys(Settings(api_keys_file="none.json"))


def test_a_file_of_other_bytes_is_refused(folder: Path) -> None:
    (folder / "keys.json").write_bytes(b'{"\xff": 1}')
    with pytest.raises(StartRefused, match=r"in keys.json cannot be read: "):
        configured_keys(Settings(api_keys_file="keys.json"))


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ([KEY], "Expected `object`, got `array`"),
        ({KEY: 5}, "Expected `object`, got `int`"),
        ({KEY: {"description": KEY}}, "missing required field `queues`"),
        ({KEY: {"queues": {KEY: 5}}}, "Expected `array`, got `int`"),
        ({KEY: {"queues": {KEY: [5]}}}, "Expected `str`, got `int`"),
        ({KEY: {"queues": {"orders": [KEY]}}}, "with key 1, rights are READ, WRITE, DELETE, MANAGE."),
        ({"a": LAMPS, KEY: {"queues": {f"_{KEY}": ["READ"]}}}, "with key 2, a queue is * or 1 to 80 letters"),
        ({f"{KEY} ": LAMPS}, "key 1 is not 1 to 256 letters, digits and signs"),
        ({"": LAMPS}, "key 1 is not 1 to 256 letters, digits and signs"),
        ({KEY * 20: LAMPS}, "key 1 is not 1 to 256 letters, digits and signs"),
    ],
)
def test_a_mistake_is_told_without_repeating_what_stands_there(keys: object, reason: str) -> None:
    said = refusal(json.dumps(keys))
    assert said.startswith("The API keys in the setting api_keys_json cannot be read: ")
    assert reason in said
    assert "hunter2" not in said


@given(st.integers(0, len(json.dumps({KEY: LAMPS})) - 1))
def test_text_that_breaks_off_anywhere_is_refused_without_a_word_of_it(length: int) -> None:
    text = json.dumps({KEY: LAMPS})[:length]
    assert not text or "hunter2" not in refusal(text)


def test_bytes_of_the_environment_that_are_no_text_are_refused() -> None:
    assert refusal('{"\udcff": 1}').startswith("The API keys in the setting api_keys_json cannot be read: ")
