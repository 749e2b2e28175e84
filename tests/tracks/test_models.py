import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.tracks.models import EVERYTHING, TagFilter, alias_of, offered

KEYED = st.sampled_from(["genre:rock", "genre:pop", "lang:ja", "lang:en", "year:1999", "hidden", "new"])
GIVEN = st.lists(KEYED | KEYED.map(lambda tag: f"-{tag}"), max_size=4)
ROCK_JA = {"genre:rock", "lang:ja"}


@pytest.mark.parametrize(
    ("filter_tags", "tags", "on_offer"),
    [
        ([], set(), True),
        (["genre:rock"], ROCK_JA, True),
        (["genre:pop"], ROCK_JA, False),
        (["genre:pop", "genre:rock"], ROCK_JA, True),
        (["genre:rock", "lang:en"], ROCK_JA, False),
        (["genre:rock", "lang:en", "lang:ja"], ROCK_JA, True),
        (["-hidden"], ROCK_JA, True),
        (["-hidden"], {"hidden"}, False),
        (["genre:rock", "-lang:ja"], ROCK_JA, False),
        (["Genre:ROCK"], ROCK_JA, True),
    ],
)
def test_filter_tags(filter_tags: list[str], tags: set[str], on_offer: bool) -> None:
    assert offered(tags, TagFilter.of(filter_tags)) is on_offer


def test_every_forced_tag_must_be_there() -> None:
    assert offered({"genre:rock", "genre:pop"}, TagFilter.of(forced_tags=["genre:rock", "genre:pop"]))
    assert not offered({"genre:rock"}, TagFilter.of(forced_tags=["genre:rock", "genre:pop"]))


def test_hidden_tags_hide_with_and_without_a_dash() -> None:
    assert not offered({"red:duplicate"}, TagFilter.of(hidden_tags=["red:duplicate"]))
    assert not offered({"red:duplicate"}, TagFilter.of(hidden_tags=["-red:duplicate"]))


@given(st.frozensets(KEYED), GIVEN, GIVEN, GIVEN)
def test_a_filter_hides_more_the_more_it_says(
    tags: frozenset[str], wanted: list[str], forced: list[str], hidden: list[str]
) -> None:
    whole = TagFilter.of(wanted, forced, hidden)
    parts = [TagFilter.of(wanted), TagFilter.of(forced_tags=forced), TagFilter.of(hidden_tags=hidden)]

    assert offered(tags, EVERYTHING)
    assert offered(tags, whole) == all(offered(tags, part) for part in parts)
    assert whole == parts[0] & parts[1] & parts[2]
    assert not any(offered(tags | {tag}, whole) for tag in hidden if not tag.startswith("-"))


@given(GIVEN, GIVEN, GIVEN)
def test_order_and_repetition_make_no_other_filter(wanted: list[str], forced: list[str], hidden: list[str]) -> None:
    again = [[*reversed(tags), *tags] for tags in (wanted, forced, hidden)]

    assert TagFilter.of(*again) == TagFilter.of(wanted, forced, hidden)


def test_aliases() -> None:
    assert alias_of("KAT-TUN", "Your side (Instrumental)") == "KAT_TUN_Your_side_Instrumental_"
    assert alias_of("", "Untitled") == "Untitled"
    assert alias_of("椎名林檎", "丸の内サディスティック") == "椎名林檎_丸の内サディスティック"
    assert len(alias_of("x" * 300, "y" * 300)) == 120
