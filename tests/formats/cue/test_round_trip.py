from hypothesis import given, settings

from api_queue.formats.cue.conversion import convert
from api_queue.formats.cue.parsing import parse
from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Track
from api_queue.formats.cue.strict import strict
from api_queue.formats.cue.variants import VARIANTS
from api_queue.formats.cue.writing import write
from tests.formats.cue.sheets import sheets


def read(text: str) -> Sheet:
    return parse(text.replace("\r\n", "\n")).sheet


def starts(sheet: Sheet) -> set[tuple[int, int]]:
    return {(track.start.file, track.start.frames) for track in sheet.tracks if track.start}


@given(sheets())
@settings(max_examples=60)
def test_what_is_written_is_read_again(sheet: Sheet) -> None:
    assert read(write(sheet)) == sheet


@given(sheets())
@settings(max_examples=40)
def test_each_variant_reads_as_it_was_made_keeps_every_start_and_loses_nothing_more(sheet: Sheet) -> None:
    for variant in VARIANTS.values():
        if variant.several_files or len(sheet.files) == 1:
            made = convert(sheet, variant).sheet
            assert read(write(made)) == made
            assert convert(made, variant).notes == ()
            assert starts(made) == starts(sheet)


def test_a_recording_of_rekordbox_is_read_again_as_one() -> None:
    remarks = (Remark("FILE", "D:/one.mp3"),)
    tracks = (
        Track(number=1, title="A", indexes=(Index(1, 0),), remarks=remarks),
        Track(number=2, title="B", indexes=(Index(1, 3720 * 75),), remarks=remarks),
    )
    mark = Remark("RECORDED_BY", "rekordbox-dj")
    sheet = Sheet(files=(File("set.wav"),), tracks=tracks, remarks=(mark,), dialect="rekordbox")
    assert read(write(sheet)) == sheet
    assert read(write(strict(sheet).sheet)).tracks == tracks
