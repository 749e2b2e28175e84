"""Lua scripts are files with names: `load("queues/add")` is `api_queue/queues/lua/add.lua`.

A line `--! use stream/emit` puts the text of `api_queue/stream/lua/emit.lua` in its place, so that what several
verbs share is written once. Redis knows a script by the SHA-1 of its text.
"""

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_USE = re.compile(r"^--! use (\w+/\w+)$", re.MULTILINE)


@dataclass(frozen=True)
class Script:
    name: str
    text: str
    sha: str


@cache
def load(name: str) -> Script:
    text = _USE.sub(lambda use: _read(use[1]), _read(name))
    return Script(name, text, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest())


@cache
def load_all() -> None:
    """Before a process answers anybody: an upgrade that changes the files under it must not mix old and new."""
    for feature in files("api_queue").iterdir():
        folder = feature.joinpath("lua")
        for verb in folder.iterdir() if folder.is_dir() else ():
            if verb.name.endswith(".lua"):
                load(f"{feature.name}/{verb.name.removesuffix('.lua')}")


def _read(name: str) -> str:
    feature, verb = name.split("/")
    return files(f"api_queue.{feature}").joinpath("lua", f"{verb}.lua").read_text(encoding="utf-8")
