"""What each variant makes of one sheet that has everything, and what is said of what it leaves out."""

from itertools import permutations

import pytest

from api_queue.errors import SeveralCueFiles, TooManyCueTracks, UnknownCueFormat
from api_queue.formats.cue.conversion import convert, preview
from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Track
from api_queue.formats.cue.variants import VARIANTS, Variant, VariantName, variant_of
from api_queue.formats.cue.writing import write
from tests.formats.cue.test_variants import RICH


def set_of(count: int) -> Sheet:
    tracks = tuple(Track(number=n, indexes=(Index(1, n * 75 - 75),)) for n in range(1, count + 1))
    return Sheet(files=(File("set.flac"),), tracks=tracks)


def test_what_a_sheet_says_already_is_not_added() -> None:
    head = (Remark("DISCNUMBER", "2"), Remark("COMMENT", "mine"))
    sheet = Sheet(files=(File("a.wav"),), tracks=set_of(1).tracks, remarks=head)
    assert convert(sheet, VARIANTS["kodi"]).sheet.remarks == head
    assert convert(sheet, VARIANTS["serato"]).sheet.remarks == head[1:]
    assert convert(set_of(1), VARIANTS["serato"]).sheet.remarks == (Remark("COMMENT", "Beside Serato DJ"),)


@pytest.mark.parametrize("name", ["standard", "kodi"])
def test_the_100th_track_is_refused_by_name_or_written_with_three_digits(name: VariantName) -> None:
    with pytest.raises(TooManyCueTracks, match=f"A {name} sheet holds 99 tracks, and this one has 100"):
        convert(set_of(100), VARIANTS[name])
    changed = convert(set_of(100), VARIANTS[name], refuse=False)
    assert "  TRACK 100 AUDIO\r\n" in write(changed.sheet)
    assert any("three digits" in note for note in changed.notes)
    assert convert(set_of(99), VARIANTS[name]).notes == ()


@pytest.mark.parametrize("name", ["cdj", "traktor", "serato", "rekordbox"])
def test_where_more_than_99_tracks_are_allowed_it_is_said_who_cannot_read_them(name: VariantName) -> None:
    assert any("three digits" in note for note in convert(set_of(100), VARIANTS[name]).notes)


@pytest.mark.parametrize("variant", [v for v in VARIANTS.values() if not v.several_files], ids=lambda v: v.name)
def test_one_file_means_one(variant: Variant) -> None:
    two = Track(number=2, indexes=(Index(1, 0, file=1),))
    with pytest.raises(SeveralCueFiles, match="belongs to one file, and this one to 2"):
        convert(Sheet(files=(File("a.wav"), File("b.wav")), tracks=(*set_of(1).tracks, two)), variant)


def test_for_kodi_no_track_lies_in_two_files() -> None:
    two = Track(number=2, indexes=(Index(0, 75), Index(1, 0, file=1)))
    sheet = Sheet(files=(File("a.wav"), File("b.wav")), tracks=(*set_of(1).tracks, two))
    changed = convert(sheet, VARIANTS["kodi"])
    assert changed.sheet.tracks[1].indexes == (Index(1, 0, file=1),)
    assert changed.notes == ("An INDEX in another file than where its track begins is left out: track 2.",)
    assert convert(sheet, VARIANTS["standard"]).notes == ()


@pytest.mark.parametrize("variant", list(VARIANTS.values()), ids=lambda v: v.name)
def test_a_text_is_cut_at_the_limit_and_that_is_said(variant: Variant) -> None:
    tracks = (Track(number=1, title="ж" * 300, performer="x" * variant.text_max, indexes=(Index(1, 0),)),)
    changed = convert(Sheet(files=(File("a.wav"),), tracks=tracks), variant)
    assert changed.sheet.tracks[0].title == "ж" * variant.text_max
    assert changed.sheet.tracks[0].performer == "x" * variant.text_max
    assert changed.notes == (f"Texts are cut after {variant.text_max} letters: track 1.",)


def test_a_preview_tells_what_the_target_cannot_hold() -> None:
    assert preview(VARIANTS["standard"], VARIANTS["cdj"]) == (
        "A sheet of several files is refused.",
        "PREGAP and POSTGAP are left out.",
        "FLAGS are left out but DCP, PRE.",
        "REM lines are left out but GENRE, DATE.",
    )
    assert preview(VARIANTS["traktor"], VARIANTS["standard"]) == (
        "More than 99 tracks are refused, or written with three digits on demand.",
        "Texts are cut after 80 letters.",
    )
    assert preview(VARIANTS["cdj"], VARIANTS["rekordbox"]) == ("FLAGS are left out.",)


@pytest.mark.parametrize(("source", "target"), list(permutations(VARIANTS.values(), 2)), ids=lambda v: v.name)
def test_a_conversion_says_nothing_that_its_preview_did_not(source: Variant, target: Variant) -> None:
    foretold = {said.rstrip(".") for said in preview(source, target)}
    said = convert(convert(RICH, source).sheet, target).notes
    assert {note.partition(":")[0].rstrip(".") for note in said} <= foretold


def test_to_the_same_variant_nothing_is_lost() -> None:
    assert [preview(variant, variant) for variant in VARIANTS.values()] == [()] * 6


def test_a_variant_is_found_by_its_name() -> None:
    assert variant_of("cdj") is VARIANTS["cdj"]
    with pytest.raises(UnknownCueFormat, match=r"'winamp'; there are standard, cdj, traktor, serato, rekordbox, kodi"):
        variant_of("winamp")
