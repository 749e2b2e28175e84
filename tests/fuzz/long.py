"""`make fuzz`: everything that reads bytes of strangers, by turns, each for its share of so many seconds.

A coverage-guided fuzzer ends its process, so each has one of its own. What fails stays in build/, as does each corpus,
from which the next run goes on.
"""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Final

BUILD: Final = Path("build")
#: Requests to each operation of the API for each minute; beside it a parser has a share like any other.
API_EXAMPLES: Final = 3


def main() -> None:
    """Of `python -m tests.fuzz.long SECONDS`, or with the name of one parser before it."""
    *names, seconds = sys.argv[1:]
    if names:
        return _fuzz(names[0], float(seconds))
    from tests.fuzz.parsers import PARSERS  # noqa: PLC0415 - a fuzzer has to import it itself

    share_s = float(seconds) / (len(PARSERS) + 2)
    turns: list[tuple[str, ...]] = [("tests.fuzz.long", name, f"{share_s:.0f}") for name in PARSERS]
    turns += [("tests.fuzz.cue", f"{share_s:.0f}"), ("tests.fuzz.api", f"{max(1, round(share_s / 20) * API_EXAMPLES)}")]
    failed = [turn for turn in turns if subprocess.run([sys.executable, "-m", *turn], check=False).returncode]
    sys.exit(f"failed: {failed}" if failed else 0)


def _fuzz(name: str, seconds: float) -> None:
    import atheris  # noqa: PLC0415 - an extra, which only this needs

    with atheris.instrument_imports(include=["api_queue"]):
        from tests.fuzz.parsers import PARSERS  # noqa: PLC0415 - see above
    parser, corpus = PARSERS[name], BUILD / f"fuzz-{name}"
    corpus.mkdir(parents=True, exist_ok=True)
    for seed in parser.seeds:
        (corpus / sha256(seed).hexdigest()).write_bytes(seed)
    options = (f"-max_total_time={seconds:.0f}", "-max_len=4096", "-timeout=30", f"-artifact_prefix={BUILD}/{name}-")
    atheris.Setup([sys.argv[0], *options, f"{corpus}"], parser.take)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
