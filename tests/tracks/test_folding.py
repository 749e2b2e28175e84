import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.tracks.folding import corrections, distance, fold, joined_words, words


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Beyoncé", "beyonce"),
        ("Sigur Rós – Sæglópur", "sigur ros – saeglopur"),
        ("Motörhead", "MOTORHEAD"),
        ("Łódź", "lodz"),
        ("Weiße Straße", "weisse strasse"),
        ("Don’t", "dont"),
        ("ＦＵＬＬ　ｗｉｄｔｈ", "full width"),
        ("ｶﾞﾝﾀﾞﾑ", "がんだむ"),
        ("Ёлка", "елка"),
        ("Άσμα", "ασμα"),
        ("İstanbul", "istanbul"),
        ("أغنية", "اغنية"),
    ],
)
def test_what_people_need_not_type(written: str, typed: str) -> None:
    assert words(written) == words(typed)


def test_voiced_kana_are_other_letters() -> None:
    assert fold("が") != fold("か")


def test_words_of_scripts_with_and_without_spaces() -> None:
    assert words("AC/DC – T.N.T.") == ["ac", "dc", "t", "n", "t"]
    assert words("君が代 2020") == ["君", "が", "代", "2020"]
    assert words("हिन्दी गाना") == ["हिन्दी", "गाना"]
    assert words("한국어 노래") == ["한국어", "노래"]
    assert joined_words("AC/DC Live") == ["acdc"]


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert words(" ".join(words(text))) == words(text)


@given(st.text("abc", max_size=8), st.text("abc", max_size=8))
def test_a_distance_is_the_same_both_ways_and_0_for_the_same_word(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert (distance(one, other) == 0) == (one == other)


@given(st.text("abcdef", min_size=2, max_size=8), st.data())
def test_each_typing_error_counts_one(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 2))
    left_out = word[:at] + word[at + 1 :]
    swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    assert distance(left_out, word) == 1
    assert distance(word + "x", word) == 1
    assert distance(swapped, word) <= 1


def test_corrections_nearest_first_and_none_far_away() -> None:
    assert corrections("beatels", ["beaten", "beatles", "metal"])[0] == "beatles"
    assert corrections("qeen", ["queen", "green", "quentin"]) == ["queen", "quentin"]
    assert corrections("metalica", ["metallica"]) == ["metallica"]
    assert corrections("metlal", ["metallica"]) == ["metallica"]
