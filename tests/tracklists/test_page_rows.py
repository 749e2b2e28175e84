import pytest

from api_queue.tracklists.models import Entry
from api_queue.tracklists.page import read_page
from api_queue.tracklists.page_tree import TEXT_MAX
from tests.tracklists.site.pages import Row, tracklist


def entry_of(row: Row) -> Entry:
    return read_page(tracklist([row])).facts.entries[0]


def test_several_labels_are_joined_as_the_site_joins_them() -> None:
    assert entry_of(Row("A - B", labels=("STMPD", "TH3RD BRAIN"))).label == "STMPD/TH3RD BRAIN"
    assert entry_of(Row("A - B")).label is None


def test_a_label_that_is_not_shown_stands_in_the_microdata() -> None:
    page = tracklist([Row("A - B")])
    plain = page.replace(
        '<meta itemprop="byArtist"', '<meta itemprop="publisher" content="WALL"><meta itemprop="byArtist"'
    )

    assert read_page(plain).facts.entries[0].label == "WALL"
    assert read_page(plain.replace("WALL", "&lt;b&gt;WALL")).facts.entries[0].label is None


def test_qualifiers_belong_to_the_title() -> None:
    entry = entry_of(Row("A - B", status="(ID Remix)", edit="(Intro Edit)"))

    assert (entry.title, entry.remix) == ("B (ID Remix)", "Intro Edit")


@pytest.mark.parametrize(
    ("name", "artist", "title"),
    [
        ("Jean-Luc - Half-Way", "Jean-Luc", "Half-Way"),
        ("A - B - C", "A", "B - C"),
        ('"A" & <B> - C\'s "D"', '"A" & <B>', 'C\'s "D"'),
        ("No Divider", "", "No Divider"),
    ],
)
def test_artist_and_title_are_told_apart(name: str, artist: str, title: str) -> None:
    entry = entry_of(Row(name))

    assert (entry.artist, entry.title) == (artist, title)


def test_a_divider_within_the_name_of_the_artist_is_known_by_what_is_shown() -> None:
    page = tracklist([Row("A - B - C")])
    shown = '<span>A</span><span class="notranslate "> - </span><span><span>B - C</span></span>'
    assert shown in page

    entry = read_page(
        page.replace(shown, '<span>A - B</span><span class="notranslate "> - </span><span>C</span>')
    ).facts.entries[0]

    assert (entry.artist, entry.title) == ("A - B", "C")


def test_the_microdata_says_more_than_what_is_shown() -> None:
    page = tracklist([Row("Vike (FR) - ID", unsure=True)]).replace("<span>Vike (FR)</span>", "<span>Vike</span>")

    assert read_page(page).facts.entries[0].artist == "Vike (FR)"


def test_an_id_row_has_only_what_is_shown() -> None:
    entry = entry_of(Row("Gil - ID", is_id=True, edit="(Bad Girls)"))

    assert (entry.artist, entry.title, entry.is_id) == ("Gil", "ID (Bad Girls)", True)


def test_a_component_is_an_id_by_its_name_as_nothing_else_tells() -> None:
    rows = [Row("A - B", mashup=True), Row("ID - ID", kind="component", is_id=True), Row("C - D", kind="component")]

    entries = read_page(tracklist(rows)).facts.entries

    assert [(entry.kind, entry.is_id) for entry in entries] == [
        ("main", False),
        ("component", True),
        ("component", False),
    ]


def test_names_are_one_line_without_control_characters_and_of_bounded_length() -> None:
    row = Row("A\x07 \u202eB\n  C - D\u2066E", labels=("x" * 5000,))

    entry = entry_of(row)

    assert (entry.artist, entry.title) == ("A B C", "D E")
    assert len(entry.label or "") == TEXT_MAX


def test_names_are_in_composed_letters() -> None:
    assert entry_of(Row("Jack U\u0308 - B")).artist == "Jack Ü"
