import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.tracklists.track_names import TrackName, join_title, split_name, split_title

WORDS = st.text(st.characters(categories=["L", "N"], include_characters="-'\"&(). "), min_size=1).map(
    lambda text: " ".join(text.split())
)
NAMES = WORDS.filter(lambda text: bool(text.strip(" -")) and not text.startswith("- ") and not text.endswith(" -"))


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("A - B (C Remix)", TrackName("A", "B", "C Remix")),
        ("A - B (Blue) (Acappella)", TrackName("A", "B (Blue)", "Acappella")),
        ("A - B (Blue)", TrackName("A", "B (Blue)", None)),
        ("A - B (C (D) Remix)", TrackName("A", "B (C (D) Remix)", None)),
        ("A - (Remix)", TrackName("A", "(Remix)", None)),
        ("A - B (David Guetta)", TrackName("A", "B (David Guetta)", None)),
        ("A - Remixed Emotions", TrackName("A", "Remixed Emotions", None)),
        ("B", TrackName("", "B", None)),
    ],
)
def test_a_version_is_a_bracket_that_says_so(name: str, parts: TrackName) -> None:
    assert split_name(name) == parts


@given(WORDS)
def test_a_title_that_was_split_is_joined_to_what_it_was(title: str) -> None:
    assert join_title(*split_title(title)).replace(" ", "") == title.replace(" ", "")


@given(NAMES.filter(lambda text: " - " not in text), NAMES)
def test_the_first_divider_counts(artist: str, title: str) -> None:
    found = split_name(f"{artist} - {title}")

    assert found.artist == artist
    assert join_title(found.title, found.remix).replace(" ", "") == title.replace(" ", "")


@given(NAMES.filter(lambda text: " - " not in text))
def test_a_divider_of_the_artist_is_passed_over(title: str) -> None:
    assert split_name(f"A - B - {title}", 1).artist == "A - B"
