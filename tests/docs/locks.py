"""What the lock files pin, and what asks for it."""

import configparser
import re
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import PackageNotFoundError, requires

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.docs.tracked import ROOT, text_of

SERVE, TEST = "requirements.lock", "requirements-test.lock"
#: The extras of setup.cfg that `make lock` puts into the second file.
LOCKED_EXTRAS = ("test", "check", "fuzz")


@dataclass
class Pin:
    """One package of one lock file; two releases where older Pythons need another one."""

    releases: list[str] = field(default_factory=list)
    hashes: int = 0
    #: Only some systems or Pythons need it.
    conditional: bool = False


@cache
def pins(name: str) -> dict[str, Pin]:
    found: dict[str, Pin] = {}
    for block in re.split(r"\n(?=\S)", text_of(name)):
        if pinned := re.match(r"([a-z0-9-]+)==(\S+)( ;)?", block):
            pin = found.setdefault(pinned[1], Pin())
            pin.releases.append(pinned[2])
            pin.hashes += block.count("--hash=sha256:")
            pin.conditional |= bool(pinned[3])
    return found


@cache
def asked(*extras: str) -> list[Requirement]:
    """Of setup.cfg, with these extras."""
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    sections = [setup["options"]["install_requires"], *(setup["options.extras_require"][extra] for extra in extras)]
    return [Requirement(line) for section in sections for line in section.splitlines() if line]


def needed(requirements: list[Requirement]) -> set[str]:
    """Their packages and all that those ask for on this machine, as what is installed says."""
    seen: set[tuple[str, str]] = set()
    waiting = [requirement for requirement in requirements if _counts(requirement, "")]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        new = {(name, extra) for extra in ("", *requirement.extras)} - seen
        seen |= new
        waiting += [each for each in _asked_by(name) if any(_counts(each, extra) for _, extra in new)]
    return {name for name, _ in seen}


def _counts(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _asked_by(name: str) -> list[Requirement]:
    try:
        return [Requirement(text) for text in requires(name) or ()]
    except PackageNotFoundError:
        return []
