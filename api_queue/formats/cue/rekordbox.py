"""rekordbox writes a sheet of its own kind for each set that it records.

Its times are HH:MM:SS, and a FILE line inside a track names the track that was played, not another file. It marks
its sheets; but the mark may outlive a conversion, so that times which cannot be hours, or which only an exact
conversion gives, are taken for what they are.
"""

import re
from typing import Final

from api_queue.formats.cue.drafts import Part

_MARK: Final = re.compile(r'^[ \t]*REM[ \t]+RECORDED_BY[ \t]+"?rekordbox', re.IGNORECASE | re.MULTILINE)
_FILE: Final = re.compile(r"^[ \t]*(?:REM[ \t]+)?FILE[ \t]", re.IGNORECASE | re.MULTILINE)
_TIME: Final = re.compile(
    r"^[ \t]*INDEX[ \t]+[0-9]{1,2}[ \t]+([0-9]{1,4}):([0-9]{1,2}):([0-9]{1,3})", re.IGNORECASE | re.MULTILINE
)
HOURS_MAX: Final = 23


def name_performer(part: Part) -> None:
    """A missing artist is written as a remark."""
    said = next((remark for remark in part.remarks if remark.key == "PERFORMER"), None)
    if said is not None:
        part.remarks.remove(said)
        part.texts["PERFORMER"] = said.value


def is_marked(text: str) -> bool:
    """Lines of `text` end in LF."""
    return "rekordbox" in text.lower() and _MARK.search(text) is not None


def counts_hours(text: str) -> bool:
    """Of a marked sheet: whether its times are HH:MM:SS."""
    times = [(int(first), int(second), int(third)) for first, second, third in _TIME.findall(text)]
    if any(first > HOURS_MAX or second > 59 or third > 59 for first, second, third in times):
        return False
    names_what_was_played = len(_FILE.findall(text)) > 1
    return names_what_was_played or not any(map(any, times)) or any(third for _, _, third in times)
