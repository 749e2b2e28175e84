"""`make fuzz`: CUE sheets that are damaged in every way a coverage-guided fuzzer finds, for so many seconds.

Each is read, judged, written, read again, and converted. Nothing may be raised but our errors; what was read from our
own writing has to stay; and eight times as much may not take more than a few times eight times as long. What fails
stays in build/, as does the corpus, from which the next run goes on.
"""

import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from time import process_time
from typing import Final

import atheris

with atheris.instrument_imports(include=["api_queue.formats.cue"]):
    from api_queue.errors import ApiQueueError
    from api_queue.formats.cue.conversion import convert
    from api_queue.formats.cue.reading import read
    from api_queue.formats.cue.variants import VARIANTS
    from api_queue.formats.cue.writing import write
    from tests.formats.cue.test_validating import TOLD

HERE: Final = Path(__file__).parent
BUILD: Final = Path("build")
CORPUS: Final = BUILD / "fuzz-cue"
#: Of so many sheets one is timed; it takes as long as a hundred others.
TIMED: Final = 200
SMALL_BYTES: Final = 32 * 1024
#: A machine that has other work, too, is no superlinear reader.
SLACK: Final = 5
SLACK_S: Final = 0.2

_count = 0


def try_one(data: bytes) -> None:
    global _count  # noqa: PLW0603 # the fuzzer calls a function, and asks for no more
    _count += 1
    sheet = read(data, audio_ms=60_000, served=True).sheet
    once = read(write(sheet)).sheet
    assert read(write(once)).sheet == once
    for variant in VARIANTS.values():
        with suppress(ApiQueueError):
            convert(sheet, variant)
    if _count % TIMED == 0 and data:
        _time(data)


def _time(data: bytes) -> None:
    small = (data * (SMALL_BYTES // len(data) + 1))[:SMALL_BYTES]
    small_s, large_s = _seconds(small), _seconds(small * 8)
    assert large_s < SLACK_S + SLACK * 8 * small_s, f"{small_s=} {large_s=}"


def _seconds(data: bytes) -> float:
    began_s = process_time()
    read(data)
    return process_time() - began_s


def _plant() -> None:
    CORPUS.mkdir(parents=True, exist_ok=True)
    for source, _, _ in TOLD.values():
        seed = source if isinstance(source, bytes) else source.encode()
        if len(seed) < SMALL_BYTES:
            (CORPUS / sha256(seed).hexdigest()).write_bytes(seed)
            (CORPUS / sha256(seed + b"16").hexdigest()).write_bytes(seed.decode("latin-1").encode("utf-16"))


def main() -> None:
    (seconds,) = sys.argv[1:]
    _plant()
    options = (f"-max_total_time={seconds}", "-max_len=4096", "-timeout=30", f"-artifact_prefix={BUILD}/fuzz-cue-")
    atheris.Setup([sys.argv[0], *options, f"-dict={HERE / 'cue.dict'}", str(CORPUS)], try_one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
