"""A sheet from what came in, bytes or text, with all that is wrong with it."""

import re
from collections.abc import Mapping
from typing import Final

from api_queue.formats.cue.decoding import Decoded, decode
from api_queue.formats.cue.findings import Findings, in_order
from api_queue.formats.cue.parsing import parse
from api_queue.formats.cue.sheet import Reading, Sheet
from api_queue.formats.cue.validating import judge

#: Ample: a sheet of a long night has 20 kB.
SHEET_MAX_BYTES: Final = 1024 * 1024
#: As many as there are in so many bytes at 16 each: shorter ones are no commands.
LINES_MAX: Final = SHEET_MAX_BYTES // 16

#: What no reader shows; some of it ends lines for Unicode, and for no reader of sheets.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_DAMAGED: Final = "\ufffd"
_MARK: Final = "\ufeff"
#: Files of DOS end so, and bytes that were never filled.
_NO_TEXT: Final = "\x00\x1a"


def read(
    source: bytes | str, *, encoding: str | None = None, audio_ms: int | None = None, served: bool = False
) -> Reading:
    """Never fails: what is no sheet has no tracks and a finding that says so. `encoding` is what somebody said of the
    bytes, and counts where they are no Unicode; `audio_ms` and `served` are those of `judge`.
    """
    found = Findings()
    size = len(source) if isinstance(source, bytes) else len(source.encode("utf-8", "surrogatepass"))
    if size > SHEET_MAX_BYTES:
        found.add("too_large", size=size, most=SHEET_MAX_BYTES)
        return Reading(Sheet(), tuple(found))
    decoded = decode(source, encoding) if isinstance(source, bytes) else _unmarked(source)
    text = _text(decoded, found)
    if (count := text.count("\n")) > LINES_MAX:
        found.add("too_many_lines", count=count, most=LINES_MAX)
        return Reading(Sheet(), tuple(found), decoded.encoding)
    parsed = parse(text)
    of_sheet = judge(parsed.sheet, parsed.places, audio_ms=audio_ms, served=served)
    return Reading(parsed.sheet, in_order(found, parsed.findings, of_sheet), decoded.encoding)


def _unmarked(text: str) -> Decoded:
    return Decoded(text.removeprefix(_MARK), "utf-8", marked=text.startswith(_MARK))


def _text(decoded: Decoded, found: Findings) -> str:
    """Its lines end in LF."""
    text = decoded.text.lstrip(_MARK).replace("\r\n", "\n").replace("\r", "\n").rstrip(_NO_TEXT)
    if unseen := _UNSEEN.search(text):
        found.add("control_characters", *_where(text, unseen.start()))
    if decoded.marked:
        found.add("byte_order_mark", 1, 1)
    if decoded.encoding != "utf-8":
        found.add("not_utf_8", encoding=decoded.encoding)
    if decoded.damaged:
        found.add("undecodable", *_where(text, max(0, text.find(_DAMAGED))), encoding=decoded.encoding)
    ends = _line_ends(decoded.text)
    if len(ends) > 1:
        found.add("mixed_line_ends", ends=", ".join(f"{end} {times}" for end, times in ends.items()))
    return _UNSEEN.sub("", text) if unseen else text


def _line_ends(text: str) -> Mapping[str, int]:
    pairs = text.count("\r\n")
    counts = {"CR LF": pairs, "LF": text.count("\n") - pairs, "CR": text.count("\r") - pairs}
    return {end: count for end, count in counts.items() if count}


def _where(text: str, at: int) -> tuple[int, int]:
    """Line and column."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
