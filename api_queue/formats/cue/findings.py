"""What can be wrong with a sheet: each finding's stable code, how bad it is, and the sentence that tells it.

A sentence says what is wrong and what would be right. Codes are public: they are kept, and new ones are added.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from api_queue.formats.cue.sheet import Finding, Severity

#: So many of a kind are told: a file that is no sheet would have one for each of half a million lines.
OF_A_KIND_MAX: Final = 100
#: So much is shown of what stands in a sheet.
SHOWN_MAX: Final = 60


class Kind(NamedTuple):
    severity: Severity
    sentence: str


def _errors(**sentences: str) -> Mapping[str, Kind]:
    return {code: Kind("error", sentence) for code, sentence in sentences.items()}


def _warnings(**sentences: str) -> Mapping[str, Kind]:
    return {code: Kind("warning", sentence) for code, sentence in sentences.items()}


#: Of bytes and text, before a command is looked at.
OF_TEXT: Final = {
    **_errors(
        too_large="The sheet has {size} bytes; at most {most} are read.",
        too_many_lines="The sheet has {count} lines; at most {most} are read.",
        undecodable="The text is no {encoding}: what could not be read is shown as �. Save the sheet as UTF-8.",
    ),
    **_warnings(
        byte_order_mark="The sheet begins with a byte order mark, which VLC and burners stumble over; leave it out.",
        not_utf_8="The text was read as {encoding}; save the sheet as UTF-8, which every player reads alike.",
        control_characters="Characters that cannot be seen were left out; the first stands here.",
        mixed_line_ends="Lines end in different ways ({ends}); use CR LF everywhere.",
    ),
}

#: Of commands and how they are written; these can only be seen in a text.
OF_WRITING: Final = {
    **_errors(
        number_malformed="{word} needs a number and has “{value}”; it was read as {number:02}.",
        time_unreadable="{word} needs a time mm:ss:ff and has “{value}”; the line was left out.",
        seconds_over_59="“{value}” has more than 59 seconds; it was read as {time}.",
        frames_over_74="“{value}” has a frame over 74, of which a second has 75; it was read as {time}.",
        before_track="INDEX stands before any TRACK and belongs to none; put it after its TRACK line.",
        track_before_file="A TRACK stands before any FILE; put the FILE line first.",
    ),
    **_warnings(
        time_malformed="“{value}” is no time mm:ss:ff; it was read as {time}.",
        unknown_command="“{word}” is no command of CUE sheets{hint}; it was passed over.",
        lower_case="“{word}” is not in upper case, which VLC and mpv do not read; write {upper}.",
        unquoted='The value of {word} stands without quotes; write {word} "{value}".',
        quote_open="The quote before “{value}” is not closed; put one after it.",
        text_after="“{value}” stands after all that {word} takes; it was kept as a REM.",
        repeated="{word} stands here again; the first one counts.",
        misplaced="{word} stands in the wrong place; it belongs {place}.",
        flags_after_index="FLAGS stands after INDEX; put it between TRACK and the first INDEX.",
        file_type_missing='FILE "{value}" says no type; write WAVE, MP3 or AIFF after the name.',
        mode_missing="TRACK {number:02} says no mode; write AUDIO after the number.",
    ),
}

#: Of what the sheet says, however it is written; these hold for a sheet that was never a text, too.
OF_SHEET: Final = {
    **_errors(
        no_file='The sheet names no file; it needs FILE "name.wav" WAVE before its tracks.',
        no_track="The sheet has no track; it needs TRACK 01 AUDIO and below it INDEX 01 00:00:00.",
        no_index="Track {track:02} has no INDEX 01, and so no beginning.",
        track_number="Track {number:02} should be {expected:02} or later: numbers rise, from 01 on.",
        index_number="INDEX {number:02} of track {track:02} should be {expected:02} or later: numbers rise.",
        time_not_rising="INDEX {number:02} of track {track:02} is at {time}; it has to be after {before}.",
        unsafe_file_name="“{value}” is more than the name of a file; what is served lies beside its sheet.",
    ),
    **_warnings(
        only_index_00="Track {track:02} has INDEX 00 and no INDEX 01; its beginning was taken to be there.",
        track_gap="Track {number:02} should be {expected:02}; burners and FLAC stop at a hole in the numbers.",
        index_gap="INDEX {number:02} of track {track:02} should be {expected:02}; burners and FLAC stop at a hole.",
        over_99_tracks="The sheet goes past track 99; burners, FLAC and libcue refuse it, Kodi and VLC do not.",
        over_99_indexes="INDEX {number} of track {track:02} is past 99, and burners and FLAC refuse it.",
        over_99_minutes="{time} is past 99 minutes; players read it, strict readers do not.",
        catalog_malformed="CATALOG is “{value}”; it should be 13 digits.",
        isrc_malformed="ISRC of track {track:02} is “{value}”; it should be 5 letters or digits and 7 digits.",
        flag_unknown="Track {track:02} has the flag “{value}”; there are DCP, 4CH, PRE and SCMS.",
        not_audio="Track {track:02} is {value} and nothing to listen to; music is AUDIO.",
        file_type_unknown="FILE has the type “{value}”; write WAVE (for FLAC and OGG, too), MP3 or AIFF.",
        file_type_mismatch="“{value}” is said to be {kind}; by its name it is {expected}.",
        first_index_not_zero="“{value}” begins with an INDEX at {time}; the first of a file should be at 00:00:00.",
        title_missing="{whose} has no TITLE.",
        performer_missing="{whose} has no PERFORMER, and neither has the sheet.",
        beyond_audio="Track {track:02} begins at {time}, but the audio ends at {end}.",
        track_short="Track {track:02} lasts {seconds:.2f} s; on a disc a track has 4 s or more.",
        duplicate_start="Track {track:02} begins at {time}, as the track before it; let one of them go, or join them.",
        hours="Times are HH:MM:SS, as rekordbox writes them, and were read so; players expect mm:ss:ff.",
        hours_suspected="Read as mm:ss:ff the tracks last {seconds:.1f} s each; are these times HH:MM:SS?",
        flac_malformed="REM {key} is “{value}”; it should be {expected}.",
    ),
}

KINDS: Final[Mapping[str, Kind]] = {**OF_TEXT, **OF_WRITING, **OF_SHEET}


class Findings:
    """Gathers them, of a kind `OF_A_KIND_MAX` and no more."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._found: list[Finding] = []

    def wants(self, code: str) -> bool:
        """Whether one more would be told: what is costly to say need not be asked for in vain."""
        return self._counts[code] < OF_A_KIND_MAX

    def add(self, code: str, line: int = 0, column: int | None = None, **facts: object) -> None:
        if self.wants(code):
            self._counts[code] += 1
            severity, sentence = KINDS[code]
            shown = {name: _shown(fact) for name, fact in facts.items()}
            self._found.append(Finding(code, severity, line, sentence.format_map(shown), column))

    def add_once(self, code: str, line: int, column: int, **facts: object) -> None:
        """What holds for all of a sheet is told at the first line that shows it."""
        if code not in self._counts:
            self.add(code, line, column, **facts)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._found)


def in_order(*several: Iterable[Finding]) -> tuple[Finding, ...]:
    """As an eye goes down the sheet; what concerns all of it comes first."""
    found = (finding for findings in several for finding in findings)
    return tuple(sorted(found, key=lambda finding: (finding.line, finding.column or 0)))


def _shown(fact: object) -> object:
    return f"{fact[:SHOWN_MAX]}…" if isinstance(fact, str) and len(fact) > SHOWN_MAX else fact
