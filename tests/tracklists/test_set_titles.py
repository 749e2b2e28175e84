import pytest

from api_queue.tracklists.set_titles import SetTitle, event_and_venue, read_set_title


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Ada @ Stage, Days, Porto 2025-06-14", SetTitle("Ada", "Stage, Days, Porto", "2025-06-14")),
        ("Ada & Oz b2b Ida @ Days", SetTitle("Ada & Oz b2b Ida", "Days", None)),
        ("Ada - Night Radio 2016-03-01", SetTitle("Ada", "Night Radio", "2016-03-01")),
        ("Ada @ Radio 9 (Days, Porto 2024-10-26)", SetTitle("Ada", "Radio 9 (Days, Porto 2024-10-26)", None)),
        ("Ada @ Days 2025-13-01", SetTitle("Ada", "Days", None)),
        ("Something else", SetTitle("Something else", "", None)),
        ("", SetTitle("", "", None)),
    ],
)
def test_a_title_has_an_artist_an_event_and_a_date(text: str, parts: SetTitle) -> None:
    assert read_set_title(text) == parts


def test_the_event_is_what_the_page_links_and_the_rest_is_where() -> None:
    assert event_and_venue("Floor 1, Days, Hall Porto, Portugal", "Days") == ("Days", "Floor 1, Hall Porto, Portugal")
    assert event_and_venue("Radio 009 (Floor 1, Days, Porto 2024-10-26)", "Radio") == ("Radio 009", None)


def test_without_a_link_nothing_is_guessed() -> None:
    assert event_and_venue("Floor 1, Days, Porto", "") == ("Floor 1, Days, Porto", None)
    assert event_and_venue("", "") == (None, None)
    assert event_and_venue("Floor 1, Porto", "Days, Big") == ("Days, Big", None)
