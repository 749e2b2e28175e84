"""Laws of the pure parts: filters, folding, distances, comments of any kind."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.tracks.folding import corrections, distance, fold, joined_words, swapped, words
from api_queue.tracks.models import EVERYTHING, TagFilter, Track, alias_of, facts_of, fold_tag, offered
from api_queue.tracks.tags import TEXT_MAX, VALUES_MAX, clean, track_of, values
from api_queue.tracks.wire import SearchQuery, data_entry, full_json
from api_queue.types import Milliseconds, TrackId

# -- filters ---------------------------------------------------------------------------------------------------

TAGS = st.sampled_from(["genre:rock", "genre:pop", "lang:ja", "lang:en", "new"])
FILTERS = st.builds(TagFilter, st.frozensets(st.frozensets(TAGS, min_size=1), max_size=3), st.frozensets(TAGS))
HELD = st.frozensets(TAGS)


@given(FILTERS, FILTERS, HELD)
def test_both_offer_what_each_of_them_does(one: TagFilter, other: TagFilter, held: frozenset[str]) -> None:
    assert offered(held, one & other) == (offered(held, one) and offered(held, other))


@given(FILTERS, FILTERS, FILTERS)
def test_filters_join_in_any_order_and_any_number_of_times(one: TagFilter, other: TagFilter, third: TagFilter) -> None:
    assert one & other == other & one
    assert (one & other) & third == one & (other & third)
    assert one & one == one & EVERYTHING == one


@given(HELD, HELD, FILTERS)
def test_more_tags_never_lose_a_wish_and_never_escape_a_ban(
    held: frozenset[str], more: frozenset[str], which: TagFilter
) -> None:
    wish, ban = TagFilter(wanted=which.wanted), TagFilter(unwanted=which.unwanted)
    assert offered(held | more, wish) or not offered(held, wish)
    assert not offered(held | more, ban) or offered(held, ban)


def test_tags_of_one_key_are_a_choice_and_of_two_keys_a_demand() -> None:
    wanted = TagFilter.of(["genre:rock", "genre:pop", "lang:ja", "new", "old"]).wanted
    assert wanted == {frozenset({"genre:rock", "genre:pop"}), frozenset({"lang:ja"}), frozenset({"new", "old"})}


@pytest.mark.parametrize("tag", ["", "-", " ", "- "])
def test_no_tag_is_no_wish(tag: str) -> None:
    assert TagFilter.of([tag], [tag], [tag]) == EVERYTHING


@given(st.text())
def test_a_folded_tag_stays_as_it_is_but_for_letters_that_fold_twice(tag: str) -> None:
    folded = fold_tag(tag)
    assert folded == " ".join(folded.split())
    if tag.isascii():
        assert fold_tag(folded) == folded == fold_tag(tag.upper()) == fold_tag(f"  {tag}\t")


# -- folding ---------------------------------------------------------------------------------------------------


@given(st.text(st.characters(max_codepoint=127)))
def test_the_short_way_for_plain_text_is_the_long_way(text: str) -> None:
    """A letter with an accent at the end sends the same text the long way."""
    assert fold(f"{text} é") == f"{fold(text)} e"
    assert words(f"{text} é") == [*words(text), "e"]


@pytest.mark.parametrize(
    ("script", "written", "typed"),
    [
        ("Vietnamese", "Nối vòng tay lớn", "noi vong tay lon"),
        ("Polish", "Żółć gęślą jaźń", "zolc gesla jazn"),
        ("Turkish", "Şımarık", "simarik"),
        ("Icelandic", "Þú og ég", "thu og eg"),
        ("Danish", "Rød grød med fløde", "rod grod med flode"),
        ("French ligature", "Cœur de bœuf", "coeur de boeuf"),
        ("Greek", "Ζορμπάς", "ζορμπασ"),
        ("Hebrew with points", "שָׁלוֹם", "שלום"),
        ("Arabic with marks", "مُحَمَّد", "محمد"),
        ("katakana", "カラオケ", "からおけ"),
        ("half-width katakana", "ｶﾗｵｹ", "からおけ"),
        ("Latin ligature", "ﬁn", "fin"),
        ("Roman numeral", "Ⅳ", "iv"),
        ("full-width digits", "１９８４", "1984"),
        ("decomposed", "Cafe\u0301", "café"),
        ("Maltese", "Ħal", "hal"),
    ],
)
def test_a_title_is_typed_without_what_a_keyboard_lacks(script: str, written: str, typed: str) -> None:
    assert words(written) == words(typed), script


@pytest.mark.parametrize(("one", "other"), [("か", "が"), ("は", "ぱ"), ("कि", "की"), ("n", "m"), ("ы", "и")])
def test_what_is_another_letter_stays_one(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_words_are_never_empty_and_have_no_spaces(text: str) -> None:
    assert all(word and word == word.strip() and len(word.split()) == 1 for word in words(text))


@given(st.text(), st.text())
def test_words_of_two_texts_are_the_words_of_both(one: str, other: str) -> None:
    assert words(f"{one} . {other}") == words(one) + words(other)


@given(st.lists(st.text("abc/-.", min_size=1, max_size=6), max_size=4))
def test_a_joined_word_is_a_chunk_without_its_signs(chunks: list[str]) -> None:
    expected = ["".join(c for c in chunk if c.isalnum()) for chunk in chunks if len(words(chunk)) > 1]
    assert joined_words(" ".join(chunks)) == expected


# -- typing errors ---------------------------------------------------------------------------------------------

SHORT = st.text("ab", max_size=5)


def _naive(a: str, b: str) -> int:
    """The definition of the optimal string alignment distance, as it is written on paper."""
    if not a or not b:
        return len(a) + len(b)
    costs = [_naive(a[:-1], b) + 1, _naive(a, b[:-1]) + 1, _naive(a[:-1], b[:-1]) + (a[-1] != b[-1])]
    if len(a) > 1 and len(b) > 1 and a[-1] == b[-2] and a[-2] == b[-1]:
        costs.append(_naive(a[:-2], b[:-2]) + 1)
    return min(costs)


@given(SHORT, SHORT)
@example("ab", "ba")
@example("ca", "abc")
def test_a_distance_is_that_of_its_definition(typed: str, word: str) -> None:
    assert distance(typed, word) == _naive(typed, word)


@given(st.text("abcd", max_size=7))
def test_each_swap_is_one_typing_error(word: str) -> None:
    assert len(swapped(word)) == max(0, len(word) - 1)
    assert all(distance(other, word) <= 1 and sorted(other) == sorted(word) for other in swapped(word))


@given(st.text("abcd", min_size=1, max_size=8), st.lists(st.text("abcd", min_size=1, max_size=12), max_size=8))
def test_corrections_are_words_of_the_vocabulary_nearest_first(typed: str, vocabulary: list[str]) -> None:
    found = corrections(typed, vocabulary)
    assert set(found) <= set(vocabulary)
    assert (typed in found) == (typed in vocabulary)
    if typed in found:
        assert found[0].startswith(typed)


@pytest.mark.parametrize(("typed", "found"), [("abcde", ["abcdx"]), ("abcdef", ["abcdex", "abcdxx"])])
def test_a_longer_word_may_have_two_errors(typed: str, found: list[str]) -> None:
    assert corrections(typed, [f"{typed[:-1]}x", f"{typed[:-2]}xx"]) == found


# -- comments --------------------------------------------------------------------------------------------------

ANY = st.text(max_size=30)
COMMENTS = st.dictionaries(
    st.sampled_from(
        [
            *("title", "artist", "artists", "album", "genre", "tag", "date", "year", "tracknumber", "language", "isrc"),
            *("api_queue_alias", "replaygain_track_gain", "musicbrainz_trackid"),
        ]
    ),
    st.lists(ANY, max_size=3),
)


def told(comments: dict[str, list[str]], stem: str = "stem") -> Track:
    return track_of(
        TrackId("id"),
        comments,
        stem=stem,
        duration_ms=1000,
        sample_rate=44_100,
        channels=2,
        cover=None,
        lyrics=False,
        cuesheet=False,
    )


@given(COMMENTS, ANY)
def test_any_comments_are_a_track_that_can_be_shown(comments: dict[str, list[str]], stem: str) -> None:
    track = told(comments, stem)
    assert track.title
    texts = [track.title, track.album, track.alias, track.isrc, *track.artists, *track.tags, *track.genres]
    assert all(text.isprintable() and len(text) <= TEXT_MAX + 10 for text in texts)
    assert len(set(track.tags)) == len(track.tags)
    assert json.loads(b"{" + data_entry(track) + b"}")["id"]["title"] == track.title
    assert full_json(track)["track_id"] == "id"


@given(st.text())
def test_clean_text_is_one_short_line_and_stays_as_it_is(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == clean(cleaned) == cleaned.strip()
    assert len(cleaned) <= TEXT_MAX
    assert cleaned.isprintable()


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("a\nb", "a b"),
        ("a\x00b", "a b"),
        ("  a   b ", "a b"),
        ("a\u202eb", "a b"),
        ("\ufeffa", "a"),
        ("x" * 999, "x" * 300),
    ],
)
def test_what_is_cleaned_away(text: str, cleaned: str) -> None:
    assert clean(text) == cleaned


def test_values_are_few_and_each_stands_once() -> None:
    many = {"genre": [f"g{number}" for number in range(500)], "artist": ["A", "A ", "", "B"]}
    assert len(values(many, "genre")) == VALUES_MAX
    assert values(many, "artist") == ("A", "B")
    assert values(many, "nothing") == ()


@pytest.mark.parametrize(
    ("text", "number"), [("3/12", 3), ("03", 3), (" 7", 7), ("A1", None), ("", None), ("12345", 1234), ("-1", None)]
)
def test_a_track_number_is_what_stands_first(text: str, number: int | None) -> None:
    assert told({"tracknumber": [text]}).track_number == number


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2009", "2009"),
        ("2009-03", "2009-03"),
        ("2009-03-11T00:00", "2009-03-11"),
        ("2009-3", "2009"),
        ("next year", ""),
    ],
)
def test_a_date_is_as_precise_as_it_was_tagged(text: str, date: str) -> None:
    track = told({"date": [text]})
    assert track.date == date
    assert track.tags == ((f"year:{date[:4]}",) if date else ())


@pytest.mark.parametrize(
    ("text", "gain"), [("-6.54 dB", -6.54), ("+1 dB", 1.0), ("0", 0.0), ("loud", None), ("1e9", 1.0), ("nan", None)]
)
def test_a_gain_is_a_plain_number(text: str, gain: float | None) -> None:
    found = told({"replaygain_track_gain": [text]}).replaygain
    assert (found.track_gain_db if found else None) == gain


def test_artists_win_over_the_line_that_joins_them() -> None:
    track = told({"artist": ["A feat. B"], "artists": ["A", "B"], "title": ["T"]})
    assert (track.artist, track.alias) == ("A, B", "A_B_T")
    assert "artist:A feat. B" in track.tags


def test_genres_with_semicolons_are_several() -> None:
    track = told({"genre": ["Rock; Pop ;", "Rock"]})
    assert track.genres == ("Rock", "Pop", "Rock")
    assert track.tags == ("genre:Rock", "genre:Pop")


def test_a_tag_without_a_key_stands_under_the_empty_one() -> None:
    entry = json.loads(b"{" + data_entry(told({"title": ["T"], "tag": ["new; lang:ja"]})) + b"}")
    assert entry["id"]["tags"] == {"title": ["T"], "": ["new"], "lang": ["ja"]}


@given(st.text(), st.text())
def test_an_alias_is_one_word_of_bounded_length(artist: str, title: str) -> None:
    alias = alias_of(artist, title)
    assert len(alias) <= 120
    assert all(c == "_" or c.isalnum() or not c.isascii() for c in alias)


def test_facts_have_the_tags_as_filters_compare_them() -> None:
    facts = facts_of(told({"genre": ["Hard  Rock"], "tag": ["NEW"]}))
    assert facts.tags == {"genre:hard rock", "new"}
    assert facts.duration_ms == Milliseconds(1000)


def test_a_search_asks_for_all_its_tags_and_none_of_the_dashed() -> None:
    search = SearchQuery(q="x", tag=("genre:rock", "-hidden"), limit=3, offset=6).search()
    assert (search.q, search.limit, search.offset) == ("x", 3, 6)
    assert search.tag_filter == TagFilter(frozenset({frozenset({"genre:rock"})}), frozenset({"hidden"}))
