"""Hostile pages: each is near the size that is allowed, and has to be given up or read without much work."""

from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.errors import NotATracklistPage, TooLarge
from api_queue.tracklists.page_tree import PAGE_BYTES_MAX, TEXT_MAX, clean, select, text_of, tree_of

HUGE = PAGE_BYTES_MAX - 100


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<table><a>", "<p>", "<"])
def test_a_page_of_one_piece_over_and_over_is_given_up(piece: str) -> None:
    with pytest.raises(NotATracklistPage, match="too many, or lie too deep"):
        tree_of(piece * (HUGE // len(piece)))


def test_an_element_of_attributes_alone_is_given_up() -> None:
    with pytest.raises(NotATracklistPage):
        tree_of("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">")


def test_a_huge_attribute_is_read_as_far_as_it_is_wanted() -> None:
    tree = tree_of(f'<p title="{"x" * HUGE}">y</p>')

    assert text_of(select(tree, "//p")[0]) == "y"


@pytest.mark.parametrize("page", ["", " \n"])
def test_nothing_is_no_page(page: str) -> None:
    with pytest.raises(NotATracklistPage, match="empty"):
        tree_of(page)


def test_the_size_is_that_of_the_bytes() -> None:
    with pytest.raises(TooLarge):
        tree_of("ü" * (PAGE_BYTES_MAX // 2 + 1))


@given(st.text(), st.text())
@example("\x08", "\x00")
def test_whatever_stands_around_it_what_is_looked_for_is_found(before: str, after: str) -> None:
    letters = before.replace("<", "").replace("&", "")

    tree = tree_of(f"{letters}<p id=it>found</p>{after}")

    assert text_of(select(tree, "//p[@id='it']")[0]).startswith("found")


@given(st.text("<>/='\"!?-&#; abx\x00\x08\ud800"))
@example("<a\x01b c\x02='&#7;&#xfffe;'>&#8;</a\x01b>")
@example("<?x y?><!--\x00--><x:y x:z=1 =>")
def test_whatever_is_sent_is_a_tree_or_an_error_by_name(page: str) -> None:
    with suppress(NotATracklistPage):
        text_of(tree_of(page))


@given(st.text())
def test_clean_text_is_printable_on_one_line_and_cleaning_it_again_changes_nothing(text: str) -> None:
    once = clean(text)

    assert clean(once) == once
    assert len(once) <= TEXT_MAX
    assert not any(ord(letter) < 32 or letter in "\u202e\u2066\ufeff" for letter in once)
