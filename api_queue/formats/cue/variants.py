"""The six variants of a sheet. All are plain CUE text; they differ in what of a sheet they carry, which is this table.

None of the programs in the names but Kodi is known to read CUE sheets as its own: a variant holds what fits beside it,
and claims no import.
"""

from typing import Final, Literal

import msgspec

from api_queue.errors import UnknownCueFormat
from api_queue.formats.cue.sheet import Remark

VariantName = Literal["standard", "cdj", "traktor", "serato", "rekordbox", "kodi"]

#: What CDRWIN's manual allows in FLAGS.
ALL_FLAGS: Final = ("DCP", "4CH", "PRE", "SCMS")
_FEW_FLAGS: Final = ("DCP", "PRE")


class Variant(msgspec.Struct, frozen=True, kw_only=True):
    """`tracks_max` None: no end; `text_max` is in letters; `remarks` are the keys that REM may have, None: any.

    `gaps` are PREGAP and POSTGAP; a `split_tracks` track may have its INDEX 00 in the file before; `adds` are REM
    lines that a sheet gets which has none of that key.
    """

    name: VariantName
    summary: str
    tracks_max: int | None = None
    text_max: int = 255
    several_files: bool = False
    split_tracks: bool = True
    gaps: bool = False
    isrc: bool = False
    flags: tuple[str, ...] = ()
    remarks: tuple[str, ...] | None = None
    adds: tuple[Remark, ...] = ()


_GAINS: Final = tuple(f"REPLAYGAIN_{of}_{what}" for of in ("ALBUM", "TRACK") for what in ("GAIN", "PEAK"))

VARIANTS: Final[dict[VariantName, Variant]] = {
    variant.name: variant
    for variant in (
        Variant(
            name="standard",
            summary="The sheet of CDRWIN's manual, for players, burners and editors.",
            tracks_max=99,
            text_max=80,
            several_files=True,
            gaps=True,
            isrc=True,
            flags=ALL_FLAGS,
        ),
        Variant(
            name="cdj",
            summary="A short sheet: one file, texts of 80 letters, genre and date.",
            tracks_max=999,
            text_max=80,
            isrc=True,
            flags=_FEW_FLAGS,
            remarks=("GENRE", "DATE"),
        ),
        Variant(
            name="traktor",
            summary="Every REM line, so BPM, KEY and ENERGY too, beside a collection of Traktor.",
            several_files=True,
        ),
        Variant(
            name="serato",
            summary="One file and a signature, beside a crate of Serato.",
            remarks=("COMMENT", "GENRE", "DATE", "DISCID"),
            adds=(Remark("COMMENT", "Beside Serato DJ"),),
        ),
        Variant(
            name="rekordbox",
            summary="One file with BPM, key, genre, label and year of each track, beside a collection of rekordbox.",
            isrc=True,
            remarks=("GENRE", "DATE", "BPM", "KEY", "LABEL", "YEAR", "COMMENT"),
        ),
        Variant(
            name="kodi",
            summary="What Kodi reads: disc numbers, album artist and ReplayGain; no track lies in two files.",
            tracks_max=99,
            several_files=True,
            split_tracks=False,
            gaps=True,
            isrc=True,
            flags=_FEW_FLAGS,
            remarks=(
                *("DISCNUMBER", "TOTALDISCS", "GENRE", "DATE", "DISCID", "COMMENT", "ALBUMARTIST", "COMPILATION"),
                *_GAINS,
            ),
            adds=(Remark("DISCNUMBER", "1"),),
        ),
    )
}


def variant_of(name: str) -> Variant:
    """Raises UnknownCueFormat."""
    for variant in VARIANTS.values():
        if variant.name == name:
            return variant
    raise UnknownCueFormat(format=name[:40], formats=", ".join(VARIANTS))
