"""Scripts by name: what is put together, and by which hash Redis knows it."""

import hashlib
import re
from importlib.resources import files
from pathlib import Path

import pytest

from api_queue.drivers import lua
from api_queue.drivers.lua import load
from api_queue.drivers.redis import Redis

PACKAGE = Path(str(files("api_queue")))
NAMES = sorted(f"{path.parent.parent.name}/{path.stem}" for path in PACKAGE.glob("*/lua/*.lua"))


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A feature `one` whose scripts the test writes."""
    (tmp_path / "lua").mkdir()
    monkeypatch.setattr(lua, "files", lambda package: tmp_path if package == "api_queue.one" else files(package))
    load.cache_clear()
    return tmp_path / "lua"


def test_what_is_used_stands_in_the_place_of_the_line(written: Path) -> None:
    (written / "part.lua").write_text("local x = 1\n")
    (written / "verb.lua").write_text("-- head\n--! use one/part\nreturn x\n")
    assert load("one/verb").text == "-- head\nlocal x = 1\n\nreturn x\n"


@pytest.mark.parametrize(
    "line", ["  --! use one/part", "--! use one/part -- because", "-- use one/part", "--! use part"]
)
def test_only_a_line_of_its_own_uses_something(written: Path, line: str) -> None:
    (written / "part.lua").write_text("error('not wanted')")
    (written / "verb.lua").write_text(f"{line}\nreturn 1")
    assert load("one/verb").text == f"{line}\nreturn 1"


def test_a_part_with_backslashes_is_taken_as_it_is(written: Path) -> None:
    (written / "part.lua").write_text(r"local line = 'a\1\n\g<0>'")
    (written / "verb.lua").write_text("--! use one/part")
    assert load("one/verb").text == r"local line = 'a\1\n\g<0>'"


def test_a_changed_part_is_another_script(written: Path) -> None:
    (written / "verb.lua").write_text("--! use one/part\n")
    shas = set()
    for text in ("local x = 1", "local x = 2"):
        (written / "part.lua").write_text(text)
        load.cache_clear()
        shas.add(load("one/verb").sha)
    assert len(shas) == 2


def test_a_script_is_read_once() -> None:
    assert load("accounts/take") is load("accounts/take")


@pytest.mark.parametrize("name", ["accounts/nothing", "nothing/take"])
def test_a_name_without_a_file_fails_where_it_is_written(name: str) -> None:
    with pytest.raises((FileNotFoundError, ModuleNotFoundError)):
        load(name)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_of_ours_is_left_to_be_put_in(name: str) -> None:
    assert not re.search(r"^\s*--!", load(name).text, re.MULTILINE)


@pytest.mark.parametrize("name", NAMES)
async def test_redis_compiles_it_and_knows_it_by_our_hash(redis: Redis, name: str) -> None:
    script = load(name)
    assert script.sha == hashlib.sha1(script.text.encode()).hexdigest()
    assert await redis.call("SCRIPT", "LOAD", script.text) == script.sha


@pytest.mark.parametrize("name", NAMES)
def test_it_names_no_key_of_its_own(name: str) -> None:
    """What it touches comes as KEYS, so that a Cluster sends it where they are; a channel is everywhere."""
    named = re.findall(r"""redis\.p?call\('(?!PUBLISH|XINFO)\w+', *['"]""", load(name).text)
    assert named == []
