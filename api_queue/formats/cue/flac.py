"""What FLAC's tools write in REM and read again: how long the lead-in and the lead-out of a disc are, in samples.

A frame of a disc has 588 samples. What is no disc has a lead-out of the number 255.
"""

import re
from collections.abc import Mapping
from itertools import chain
from typing import Final

from api_queue.formats.cue.findings import Findings
from api_queue.formats.cue.sheet import Places, Remark, Sheet, Track

SAMPLES_A_FRAME: Final = 588
_FORMS: Final[Mapping[str, tuple[re.Pattern[str], str]]] = {
    "FLAC__lead-in": (re.compile(r"(?P<of_disc>[0-9]{1,18})"), "a multiple of 588 samples"),
    "FLAC__lead-out": (
        re.compile(r"170\s+(?P<of_disc>[0-9]{1,18})|255\s+[0-9]{1,18}"),
        "170 and a multiple of 588 samples, or 255 and samples",
    ),
}


def judge_flac(sheet: Sheet, places: Places, found: Findings) -> None:
    owners: chain[tuple[int, Sheet | Track]] = chain([(-1, sheet)], enumerate(sheet.tracks))
    for place, owner in owners:
        for remark in owner.remarks:
            if remark.key in _FORMS and not _fits(remark):
                expected = _FORMS[remark.key][1]
                found.add("flac_malformed", places.track(place), key=remark.key, value=remark.value, expected=expected)


def _fits(remark: Remark) -> bool:
    form, _ = _FORMS[remark.key]
    written = form.fullmatch(remark.value)
    return written is not None and int(written["of_disc"] or 0) % SAMPLES_A_FRAME == 0
