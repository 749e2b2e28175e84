import pytest

from api_queue.errors import EmptyTracklist, NotATracklistPage, PageChanged, RowsMissing, TooLarge
from api_queue.tracklists.models import Transition
from api_queue.tracklists.page import read_page
from api_queue.tracklists.page_tree import PAGE_BYTES_MAX
from api_queue.types import Milliseconds
from tests.tracklists.site import refusals
from tests.tracklists.site.pages import ROWS, TURNSTILE, Head, Row, old_tracklist, tracklist


def test_a_page_as_it_is_sent_today_is_read_whole_and_nothing_is_amiss() -> None:
    parsed = read_page(tracklist())

    assert [(entry.artist, entry.title, entry.remix) for entry in parsed.facts.entries] == [
        ("Nova Kin", "First Light", None),
        ("Ida & Oz ft. Mia", "Tidal", "Nova Kin Remix"),
        ("Jean-Luc", "Half-Way - There", "Intro Edit"),
        ('Pim "The Pin"', "Don't <Stop> & Go", None),
        ("Ida vs. Oz", "One vs. Two", "Ada Mashup"),
        ("Ida", "One", "Acappella"),
        ("Oz", "Two", None),
        ("ID", "ID", None),
        ("Ada Lovelace", "ID", None),
        ("Vera", "Nightfall", "ID Remix"),
        ("Vera", "Nobody Timed This", None),
        ("Ada Lovelace", "The End", None),
    ]
    assert parsed.findings == ()


def test_what_a_row_begins_with_is_its_own_time_or_that_of_the_row_above() -> None:
    entries = read_page(tracklist()).facts.entries

    seconds = [None if entry.start_ms is None else entry.start_ms // 1000 for entry in entries]
    assert seconds == [0, 0, 215, 370, 655, 655, 655, 1080, 1400, 1862, None, 3806]
    assert not any(entry.is_estimated for entry in entries)


def test_only_what_the_page_calls_unknown_is_an_id() -> None:
    rows = (*ROWS, Row("ID ID - Push", labels=("DIY",)), Row("Ida - Idle Hands"))

    entries = read_page(tracklist(rows)).facts.entries

    assert [entry.title for entry in entries if entry.is_id] == ["ID", "ID", "Nightfall"]


def test_transitions_are_those_that_the_page_tells() -> None:
    assert read_page(tracklist()).facts.transitions == (
        Transition(from_track=1, to_track=2, transition_type="blend"),
        Transition(from_track=5, to_track=6, transition_type="mashup"),
        Transition(from_track=5, to_track=7, transition_type="mashup"),
    )


def test_a_row_that_says_when_it_comes_in_keeps_that_as_a_transition() -> None:
    rows = (Row("A - One", cue="00:00"), Row("B - Two", kind="with", cue="01:30"))

    facts = read_page(tracklist(rows)).facts

    assert facts.entries[1].start_ms == 0
    assert facts.transitions == (
        Transition(from_track=1, to_track=2, transition_type="blend", timestamp_ms=Milliseconds(90_000)),
    )


@pytest.mark.parametrize("year", [2023, 2025, 2026])
def test_pages_of_each_year_tell_the_same(year: int) -> None:
    facts = read_page(tracklist(year=year)).facts

    assert (facts.dj_name, facts.event_name, facts.date) == ("Ada Lovelace", "Harbour Days", "2025-06-14")
    assert len(facts.entries) == len(ROWS)


def test_the_tables_of_2016_are_read_as_well() -> None:
    rows = (
        Row("A - B - C", cue="00:00"),
        Row("D - E (F Remix)", kind="with"),
        Row("ID - ID", cue="1:02:03", is_id=True),
    )

    parsed = read_page(old_tracklist(rows))

    assert [(entry.artist, entry.title, entry.kind, entry.start_ms) for entry in parsed.facts.entries] == [
        ("A", "B - C", "main", 0),
        ("D", "E", "with", 0),
        ("ID", "ID", "main", 3_723_000),
    ]
    assert [entry.is_id for entry in parsed.facts.entries] == [False, False, True]
    assert parsed.findings == ()


def test_bytes_are_utf_8_whatever_else_was_said() -> None:
    page = tracklist([Row("Rødhåd - Ōsé")]).replace('charset="utf-8"', 'charset="latin1"').encode()

    assert read_page(page).facts.entries[0].artist == "Rødhåd"


def test_the_hash_is_that_of_the_page() -> None:
    page = tracklist()

    assert read_page(page).facts.source_html_hash == read_page(page.encode()).facts.source_html_hash
    assert read_page(page).facts.source_html_hash != read_page(page + " ").facts.source_html_hash


def test_a_good_page_may_hold_the_marks_of_a_challenge() -> None:
    assert read_page(tracklist(extra=f'{TURNSTILE}<div class="cf-turnstile"></div>')).facts.entries


def test_a_page_without_its_rows_is_no_empty_list() -> None:
    with pytest.raises(RowsMissing, match="it has 0, and says 12"):
        read_page(refusals.shell(12))


def test_a_page_with_some_of_its_rows_gives_none_of_them() -> None:
    with pytest.raises(RowsMissing, match="it has 12, and says 40"):
        read_page(tracklist(count=40))


def test_a_list_that_nobody_has_filled_is_a_true_empty_one() -> None:
    with pytest.raises(EmptyTracklist):
        read_page(refusals.without_tracks())


def test_another_page_of_the_site_is_no_tracklist() -> None:
    with pytest.raises(NotATracklistPage):
        read_page(refusals.news())


def test_one_row_without_a_name_fails_the_page() -> None:
    with pytest.raises(PageChanged, match="row 2 has no name"):
        read_page(tracklist([Row("A - B"), Row("", is_id=True), Row("C - D")]).replace("> - <", "><"))


def test_rows_that_were_renamed_are_not_taken_for_an_empty_list() -> None:
    with pytest.raises(RowsMissing):
        read_page(tracklist().replace("tlpItem", "rowItem"))


@pytest.mark.parametrize(
    ("mark", "named"),
    [
        ("_tracknumber_value", "the numbers of the rows"),
        ('name="main_search"', "the search box"),
        ('itemprop="datePublished"', "its date"),
        ("/source/", ""),
        ('id="tlTab"', "the place of the rows"),
    ],
)
def test_a_mark_that_is_gone_is_told(mark: str, named: str) -> None:
    parsed = read_page(tracklist().replace(mark, "data-gone"))

    assert len(parsed.facts.entries) == len(ROWS)
    told = " ".join(finding.message for finding in parsed.findings if finding.code == "marker_gone")
    assert named in told
    assert bool(told) is bool(named)


def test_a_page_larger_than_four_mebibytes_is_refused_unread() -> None:
    with pytest.raises(TooLarge):
        read_page("<p>" + "x" * PAGE_BYTES_MAX)


def test_rows_in_rows_are_refused() -> None:
    page = tracklist([Row("A - B"), Row("C - D")]).replace(
        '<div class="iRow', '<div class="tlpItem"></div><div class="iRow'
    )

    with pytest.raises(PageChanged, match="lies within another"):
        read_page(page)


def test_more_rows_than_any_set_has_are_refused() -> None:
    with pytest.raises(PageChanged):
        read_page(tracklist([Row("A - B", is_id=True)] * 1001))


def test_several_djs_stay_as_the_title_joins_them() -> None:
    facts = read_page(tracklist(head=Head(djs=("Ada", "Ida Noon", "Oz")))).facts

    assert facts.dj_name == "Ada & Ida Noon & Oz"
