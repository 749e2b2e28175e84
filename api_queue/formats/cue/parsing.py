"""Text of a sheet to its parts, line by line. What can be understood is, and nothing that stands there gets lost.

One pass, and for each line work in proportion to its length.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from api_queue.formats.cue import rekordbox
from api_queue.formats.cue.drafts import Part
from api_queue.formats.cue.findings import Findings
from api_queue.formats.cue.loose_times import read_loosely
from api_queue.formats.cue.sheet import File, Index, Places, Remark, Sheet, Statement, Track
from api_queue.formats.cue.times import FRAMES_A_SECOND, MSF, format_msf, parse_msf
from api_queue.formats.cue.values import Value, name_and_type, number_and_mode, remark_of, value_of

#: What nearly every INDEX, TRACK and text looks like; all else goes the slow way.
_INDEX: Final = re.compile(rf"([0-9]{{1,2}})[ \t]+{MSF.pattern}")
_AUDIO: Final = re.compile(r"([0-9]{1,9})[ \t]+AUDIO")
_QUOTED: Final = re.compile(r'"([^"\\]*)"')
_GLUED: Final = re.compile(r'([A-Za-z]+)(".*)', re.DOTALL)
_NUMBER: Final = re.compile(r"[0-9]{1,9}")

#: Words of other tools, and what they would be here.
_MEANT: Final[Mapping[str, str]] = {
    "MCN": "CATALOG",
    "UPC_EAN": "CATALOG",
    "DISC_ID": "REM DISCID",
    "GENRE": "REM GENRE",
    "DATE": "REM DATE",
    "COMMENT": "REM COMMENT",
    "COMPOSER": "REM COMPOSER",
}
#: Whose lines the rules ask for, besides those of files, tracks and indexes.
_LOCATED: Final = frozenset({"CATALOG", "ISRC"})


class Parsed(NamedTuple):
    sheet: Sheet
    places: Places
    findings: Findings


def parse(text: str) -> Parsed:
    """Lines of `text` end in LF."""
    marked = rekordbox.is_marked(text)
    hours = marked and rekordbox.counts_hours(text)
    return _Parser(marked=marked, hours=hours).read(text)


class _Parser:
    def __init__(self, *, marked: bool, hours: bool) -> None:
        self._findings, self._places = Findings(), Places()
        self._marked, self._hours = marked, hours
        self._files: list[File] = []
        self._tracks: list[Track] = []
        self._head = self._part = Part()
        self._line, self._raw, self._word = 0, "", ""
        self._acts: Mapping[str, Callable[[str], None]] = {
            "REM": self._rem,
            "FILE": self._file,
            "TRACK": self._track,
            "INDEX": self._index,
            "FLAGS": self._flags,
            **dict.fromkeys(("TITLE", "PERFORMER", "SONGWRITER"), self._text),
            **dict.fromkeys(("CATALOG", "CDTEXTFILE"), self._of_the_head),
            **dict.fromkeys(("ISRC", "PREGAP", "POSTGAP"), self._of_a_track),
        }

    def read(self, text: str) -> Parsed:
        acts = self._acts
        for line, raw in enumerate(text.split("\n"), 1):
            if words := raw.split(None, 1):
                self._line, self._raw, self._word = line, raw, words[0]
                act = acts.get(words[0], self._unusual)
                act(words[1].rstrip() if len(words) == 2 else "")
        self._end_track()
        self._complete(self._head)
        sheet = self._head.sheet(self._files, self._tracks, hours=self._hours)
        return Parsed(sheet, self._places, self._findings)

    # -- what stands where --

    def _found(self, code: str, part: str = "", **facts: object) -> None:
        """`part` is what of the line it is about; the whole line without one."""
        if self._findings.wants(code):
            begin = len(self._raw) - len(self._raw.lstrip())
            at = self._raw.find(part, begin + len(self._word)) if part else begin
            self._findings.add(code, self._line, max(at, begin) + 1, word=self._word, **facts)

    def _stands(self) -> None:
        self._places.others.setdefault((self._word, self._part.place), self._line)

    def _other(self, rest: str) -> None:
        self._part.others.append(Statement(self._word, rest))

    def _again(self, rest: str) -> None:
        self._found("repeated")
        self._other(rest)

    def _is_outside(self, rest: str) -> bool:
        """Before any track what is a track's belongs to none; and a time that is lost is worse than the rest."""
        if self._part.place >= 0:
            return False
        if self._word == "INDEX":
            self._found("before_track")
        else:
            self._found("misplaced", place="after a TRACK")
        self._other(rest)
        return True

    def _unusual(self, rest: str) -> None:
        upper = self._word.upper()
        if upper in self._acts:
            column = self._raw.find(self._word) + 1
            self._findings.add_once("lower_case", self._line, column, word=self._word, upper=upper)
            self._word = upper
            self._acts[upper](rest)
        elif (glued := _GLUED.fullmatch(self._word)) and glued[1].upper() in self._acts:
            self._word = glued[1]
            self._acts.get(glued[1], self._unusual)(f"{glued[2]} {rest}".rstrip())
        else:
            hint = f", {_MEANT[upper]} is" if upper in _MEANT else ""
            self._found("unknown_command", hint=hint)
            self._other(rest)

    # -- values --

    def _taken(self, value: Value) -> str:
        if value.fault:
            self._found(value.fault, value.text, value=value.text)
        self._after(value.after)
        return value.text

    def _after(self, text: str) -> None:
        if text:
            self._found("text_after", text, value=text)
            self._part.remarks.append(remark_of(text))

    def _number(self, text: str, otherwise: int) -> int:
        if _NUMBER.fullmatch(text):
            return int(text)
        self._found("number_malformed", text, value=text, number=otherwise)
        return otherwise

    def _frames(self, text: str, *, counted: bool = False) -> int | None:
        """None where nothing like a time stands. Of an INDEX it is `counted` as the sheet does, hours or minutes."""
        if found := MSF.fullmatch(text):
            return self._counted(*map(int, found.groups())) if counted else parse_msf(text)
        if (loose := read_loosely(text)) is None:
            self._found("time_unreadable", text, value=text)
            return None
        if self._findings.wants(loose.fault):
            self._found(loose.fault, text, value=text, time=format_msf(loose.frames))
        return loose.frames

    def _counted(self, first: int, second: int, third: int) -> int:
        if self._hours:
            return (first * 3600 + second * 60 + third) * FRAMES_A_SECOND
        return (first * 60 + second) * FRAMES_A_SECOND + third

    # -- commands --

    def _rem(self, rest: str) -> None:
        self._part.remarks.append(remark_of(rest))

    def _file(self, rest: str) -> None:
        name, after, fault = name_and_type(rest)
        kind, more, *_ = (*after.split(None, 1), "", "")
        self._taken(Value(name, more, fault))
        if self._marked and self._part.place >= 0 and not self._part.indexes:
            self._part.remarks.append(Remark("FILE", name))
            return
        if not kind:
            self._found("file_type_missing", value=name)
        self._open(File(name, kind.upper() or "WAVE"))

    def _open(self, file: File) -> None:
        """Some writers name the same file again before each of its tracks."""
        if self._files and self._files[-1].name == file.name:
            self._found("repeated")
            return
        if not self._files and self._places.tracks:
            self._findings.add("track_before_file", self._places.tracks[0])
        self._places.files.append(self._line)
        self._files.append(file)

    def _track(self, rest: str) -> None:
        self._end_track()
        self._places.tracks.append(self._line)
        if found := _AUDIO.fullmatch(rest):
            self._part = Part(len(self._tracks), int(found[1]))
            return
        number, mode, after = number_and_mode(rest)
        self._part = Part(len(self._tracks), self._number(number, self._part.number + 1), mode.upper() or "AUDIO")
        if not mode:
            self._found("mode_missing", number=self._part.number)
        self._after(after)

    def _end_track(self) -> None:
        if self._part is not self._head:
            self._complete(self._part)
            self._tracks.append(self._part.track())

    def _complete(self, part: Part) -> None:
        if self._marked and "PERFORMER" not in part.texts:
            rekordbox.name_performer(part)

    def _index(self, rest: str) -> None:
        if self._is_outside(rest):
            return
        if found := _INDEX.fullmatch(rest):
            number, *fields = map(int, found.groups())
            self._at(number, self._counted(*fields))
            return
        number_text, _, time = rest.replace("\t", " ").partition(" ")
        if ":" in number_text:
            number_text, time = "", rest
        time, _, more = time.strip().partition(" ")
        if (frames := self._frames(time, counted=True)) is None:
            self._other(rest)
            return
        due = self._part.indexes[-1].number + 1 if self._part.indexes else 1
        self._at(self._number(number_text, due), frames)
        self._after(more)

    def _at(self, number: int, frames: int) -> None:
        part = self._part
        if "POSTGAP" in part.gaps:
            self._found("misplaced", place="before POSTGAP")
        self._places.indexes.append(self._line)
        part.indexes.append(Index(number, frames, max(0, len(self._files) - 1)))

    def _flags(self, rest: str) -> None:
        if self._is_outside(rest):
            return
        if self._part.indexes:
            self._found("flags_after_index")
        if self._part.flags:
            self._again(rest)
        else:
            self._stands()
            self._part.flags = tuple(dict.fromkeys(rest.upper().split()))

    def _text(self, rest: str) -> None:
        if (found := _QUOTED.fullmatch(rest)) and self._word not in self._part.texts:
            self._part.texts[self._word] = found[1]
        else:
            self._once(rest, value_of(rest))

    def _once(self, rest: str, value: Value) -> None:
        if self._word in self._part.texts:
            self._again(rest)
        else:
            self._part.texts[self._word] = self._taken(value)
            if self._word in _LOCATED:
                self._stands()

    def _of_the_head(self, rest: str) -> None:
        part = self._part
        if part.place >= 0:
            self._found("misplaced", place="before the first TRACK")
        self._part = self._head
        self._once(rest, value_of(rest) if self._word == "CDTEXTFILE" else Value(rest.strip('"')))
        self._part = part

    def _of_a_track(self, rest: str) -> None:
        if self._is_outside(rest):
            return
        if self._part.indexes and self._word != "POSTGAP":
            self._found("misplaced", place="between TRACK and the first INDEX")
        if self._word == "ISRC":
            self._once(rest, Value(rest.strip('"')))
        else:
            self._gap(rest)

    def _gap(self, rest: str) -> None:
        if self._word in self._part.gaps:
            self._again(rest)
        elif (frames := self._frames(rest)) is None:
            self._other(rest)
        else:
            self._part.gaps[self._word] = frames
