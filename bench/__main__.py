"""`python -m bench [--minutes N] [FIGURE...]`: measures, prints each row as it comes, and writes bench/RESULTS.md.

Figures that were not asked for keep what the file says of them.
"""

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from inspect import getdoc
from pathlib import Path

from bench.measure import Row, allow_many_files, machine

RESULTS = Path(__file__).parent / "RESULTS.md"
#: Name -> heading.
FIGURES: Mapping[str, str] = {
    "adds": "1. Adds",
    "fanout": "2. From an add to every screen",
    "stalled": "2. Beside screens that read nothing",
    "media": "3. Music",
    "messages": "4. Messages",
    "search": "5. Search",
    "search_postgres": "5. Search in PostgreSQL",
    "scan": "5. Scan",
    "startup": "6. Start and rest",
    "cue": "7. CUE sheets",
}
#: Those that go on for as long as one likes.
LASTING = frozenset({"stalled"})
HEAD = """\
# What `make bench` measured

Medians of rounds; the shares are medians over neighbouring rounds of both sides, since all share the machine with their
clients. Compare ratios, not rates.
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measures, and writes bench/RESULTS.md.")
    parser.add_argument("figures", nargs="*", metavar="FIGURE", help=", ".join(FIGURES))
    parser.add_argument("--minutes", type=float, default=2.0, help="for how long each half of `stalled` goes on")
    options = parser.parse_args()
    asked = options.figures or list(FIGURES)
    if unknown := [name for name in asked if name not in FIGURES]:
        sys.exit(f"There is no figure {', '.join(unknown)}. There are: {', '.join(FIGURES)}.")
    allow_many_files()
    kept = _kept()
    for name in asked:
        kept[FIGURES[name]] = _section(name, options.minutes)
        parts = [f"## {heading}\n{kept[heading]}" for heading in FIGURES.values() if heading in kept]
        RESULTS.write_text("\n".join([HEAD, *parts]))


def _kept() -> dict[str, str]:
    if not RESULTS.exists():
        return {}
    _, *sections = RESULTS.read_text().split("\n## ")
    return {heading: text for heading, _, text in (section.partition("\n") for section in sections)}


def _section(name: str, minutes: float) -> str:
    figure = import_module(f"bench.{name}")
    run: Callable[[], list[Row]] = partial(figure.run, minutes) if name in LASTING else figure.run
    load_before = os.getloadavg()[0]
    rows = run()
    when = f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load before it {load_before:.1f}"
    return f"\n{getdoc(figure)}\n\n`python -m bench {name}`, {when}; {machine()}.\n\n{_table(rows)}\n"


def _table(rows: list[Row]) -> str:
    columns = list(rows[0])
    lines = [columns, ["---"] * len(columns), *([str(row.get(column, "")) for column in columns] for row in rows)]
    table = "\n".join(f"| {' | '.join(line)} |" for line in lines)
    print(table, flush=True)
    return table


if __name__ == "__main__":
    main()
