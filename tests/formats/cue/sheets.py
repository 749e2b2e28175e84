"""Sheets that hypothesis makes: everything that can be said in a well-formed one, and nothing that cannot."""

from hypothesis import strategies as st

from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Statement, Track
from api_queue.formats.cue.writing import quotable

#: 400 minutes.
FRAMES_MAX = 400 * 60 * 75

TEXTS = st.text(st.characters(exclude_characters='"', exclude_categories=("Cc", "Cs")), max_size=12).map(quotable)
#: What stands without quotes.
WORDS = st.from_regex(r"[A-Z0-9]{1,12}", fullmatch=True)
MAYBE = st.none() | TEXTS
REMARKS = st.lists(
    st.builds(Remark, st.from_regex(r"[A-Z][A-Z0-9_]{1,12}", fullmatch=True).filter(lambda key: key != "FILE"), TEXTS)
    | st.builds(Remark, st.sampled_from(["GENRE", "DATE", "REPLAYGAIN_ALBUM_GAIN"]), st.just("-7.04 dB"))
    | st.builds(Remark, st.just(""), st.sampled_from(["recorded at home", "a", "x: 'y' #1"])),
    max_size=4,
).map(tuple)
OTHERS = st.lists(
    st.builds(Statement, st.sampled_from(["MESSAGE", "ARRANGER", "SIZE_INFO", "X"]), WORDS), max_size=2
).map(tuple)
FLAGS = st.lists(st.sampled_from(["DCP", "4CH", "PRE", "SCMS"]), unique=True).map(tuple)
GAPS = st.none() | st.integers(0, FRAMES_MAX)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    """Its tracks go through one file or several, and may have the gap before them in the file before."""
    files = draw(st.integers(1, 4))
    tracks = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    moments = sorted(draw(_moments(files, sum(tracks))))
    used = 0
    made = []
    for number, count in enumerate(tracks, draw(st.integers(1, 98))):
        made.append(draw(_track(number, moments[used : used + count])))
        used += count
    names = draw(st.lists(TEXTS.filter(bool), min_size=files, max_size=files, unique=True))
    kinds = st.sampled_from(["WAVE", "MP3", "AIFF", "FLAC", "BINARY"])
    return Sheet(
        files=tuple(File(name, draw(kinds)) for name in names),
        tracks=tuple(made),
        title=draw(MAYBE),
        performer=draw(MAYBE),
        songwriter=draw(MAYBE),
        catalog=draw(st.none() | st.from_regex(r"[0-9]{13}", fullmatch=True)),
        cdtextfile=draw(MAYBE),
        remarks=draw(REMARKS),
        others=draw(OTHERS),
    )


def _moments(files: int, count: int) -> st.SearchStrategy[list[tuple[int, int]]]:
    """Files and frames, all different: a file after the other, and rising within each."""
    moment = st.tuples(st.integers(0, files - 1), st.integers(0, FRAMES_MAX))
    return st.lists(moment, min_size=count, max_size=count, unique=True)


@st.composite
def _track(draw: st.DrawFn, number: int, moments: list[tuple[int, int]]) -> Track:
    first = draw(st.integers(0, 1))
    return Track(
        number=number,
        title=draw(MAYBE),
        performer=draw(MAYBE),
        songwriter=draw(MAYBE),
        isrc=draw(st.none() | WORDS),
        flags=draw(FLAGS),
        pregap=draw(GAPS),
        postgap=draw(GAPS),
        indexes=tuple(Index(at, frames, file) for at, (file, frames) in enumerate(moments, first)),
        remarks=draw(REMARKS),
        others=draw(OTHERS),
    )
