"""The settings, `config/default.toml` and `docs/settings.md` say the same."""

import pickle
import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path

import msgspec
import pytest

from api_queue.foreign_settings import FIXED, HONOURED, IGNORED
from api_queue.settings import Settings
from api_queue.settings_sources import load

ROOT = Path(__file__).parent.parent
KEYS = {key.name: key for key in fields(Settings)}


def default_of(key: str) -> object:
    """As TOML and JSON have it."""
    default = KEYS[key].default
    assert default is not MISSING
    return msgspec.json.decode(msgspec.json.encode(default, enc_hook=str))


def rows_of_the_docs(columns: int) -> dict[str, list[str]]:
    """Of the table with so many columns."""
    lines = (ROOT / "docs/settings.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| `")]
    return {row[0].strip("`"): row[1:] for row in rows if len(row) == columns}


def test_the_shipped_file_is_the_defaults() -> None:
    file = ROOT / "config/default.toml"
    loaded = load([file], {}, dotenv=ROOT / "none")
    assert loaded.settings == Settings()
    assert set(loaded.sources) == set(KEYS)


def test_the_shipped_file_explains_each_key() -> None:
    lines = (ROOT / "config/default.toml").read_text(encoding="utf-8").splitlines()
    comments = [line.removeprefix("# ") for line in lines[1:] if line.startswith("# ")]
    assert comments == [key.metadata["sentence"] for key in KEYS.values()]


def test_the_docs_have_each_key_in_the_same_words() -> None:
    rows = rows_of_the_docs(columns=4)
    assert list(rows) == list(KEYS)
    for name, (environment, default, sentence) in rows.items():
        assert environment == f"`API_QUEUE_{name.upper()}`"
        assert tomllib.loads(f"value = {default.strip('`')}")["value"] == default_of(name), name
        assert sentence == KEYS[name].metadata["sentence"]


def test_the_docs_say_of_each_foreign_name_what_becomes_of_it() -> None:
    honoured = {name: ["honoured", f"`{key}`"] for name, key in HONOURED.items()}
    ignored = {name: ["ignored, with a warning", instead] for name, instead in IGNORED.items()}
    refused = {name: ["refused", f"Only `{only}` is accepted."] for name, only in FIXED.items()}
    assert rows_of_the_docs(columns=3) == honoured | ignored | refused


def test_each_key_is_read_somewhere() -> None:
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "api_queue").rglob("*.py"))
    assert [key for key in KEYS if not re.search(rf"settings\.{key}\b", code)] == []


def test_the_demo_stays_on_this_machine() -> None:
    settings = load([ROOT / "config/demo.toml"], {}, dotenv=ROOT / "none").settings
    assert (settings.profile, settings.host, settings.queues_start) == ("demo", "127.0.0.1", "test")


def test_settings_reach_a_spawned_process() -> None:
    settings = Settings(port=1)
    assert pickle.loads(pickle.dumps(settings)) == settings


@pytest.mark.parametrize("key", [key.name for key in KEYS.values() if key.metadata["secret"]])
def test_a_secret_is_not_in_the_repr(key: str) -> None:
    assert "hunter2" not in repr(Settings(**{key: "hunter2"}))  # type: ignore[arg-type]  # each secret is a str
