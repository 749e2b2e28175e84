"""`make lock` and `make upgrade` write docs/licences.md with it, from what the installed packages say of themselves."""

from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from typing import Final

from tests.docs.locks import SERVE, TEST, Pin, pins
from tests.docs.tracked import ROOT

PAGE: Final = "docs/licences.md"
#: What these say of themselves is nothing, or not installed where `make lock` runs.
KNOWN: Final = {"async-timeout": "Apache-2.0", "atheris": "Apache-2.0", "colorama": "BSD-3-Clause"}
#: Longer than any name of a licence: then it is the whole text of one.
LONGEST: Final = 60

ABOVE: Final = """\
# Licences of what we depend on

Written by `make lock` and `make upgrade` from what the packages say of themselves; a test holds it equal to the lock
files. Ours is the [MIT licence](../LICENSE).

Nothing of these is copied into this project: pip installs each with its own licence beside it. Used as a library, what
is under the MPL (certifi) or the LGPL (zeroconf) asks nothing of our code. **mutagen is under the GPL, version 2 or
later**: who passes on an installation with it in it, such as an image or an SD card, passes on the whole under the
GPL, version 3 (version 2 does not go with the Apache licence that some have), and with its source. paho-mqtt may be had
under the EPL, which no GPL goes with, or under BSD's: we take the second. Who runs a server has to do none of this.
What only tests and checks use is passed on to nobody.
"""


def licence(name: str) -> str:
    """SPDX where the package has it, else its own words."""
    if name in KNOWN:
        return KNOWN[name]
    try:
        facts = metadata(name)
    except PackageNotFoundError:
        raise SystemExit(f"{name} is not installed here: run make .venv/tested, or add it to KNOWN.") from None
    if found := _said(facts):
        return found
    raise SystemExit(f"{name} does not say its licence: look for it, and add it to KNOWN.")


def _said(facts: PackageMetadata) -> str:
    expressions, words, classifiers = (
        facts.get_all(key, []) for key in ("License-Expression", "License", "Classifier")
    )
    classified = [text.rpartition(" :: ")[2] for text in classifiers if text.startswith("License :: OSI Approved :: ")]
    short = [text for text in words if len(text) <= LONGEST and text != "UNKNOWN"]
    return f"{[*expressions, *short, ', '.join(classified)][0]}"


def table(packages: dict[str, Pin]) -> str:
    rows = [f"| {name} | {', '.join(pin.releases)} | {licence(name)} |" for name, pin in sorted(packages.items())]
    return "\n".join(["| package | release | licence |", "|---|---|---|", *rows])


def page() -> str:
    serve, test = pins(SERVE), pins(TEST)
    rest = {name: pin for name, pin in test.items() if name not in serve}
    return f"{ABOVE}\n## What serves\n\n{table(serve)}\n\n## What only tests and checks use\n\n{table(rest)}\n"


if __name__ == "__main__":
    (ROOT / PAGE).write_text(page(), encoding="utf-8")
