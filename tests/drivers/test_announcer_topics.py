import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.drivers.announcer.topics import LONGEST, MOST_LEVELS, Tree, valid_filter, valid_topic

#: Few names, so that topics and filters meet often.
names = st.sampled_from(["", "a", "b", "$s"])
topics = st.lists(names, min_size=1, max_size=4).map("/".join).filter(valid_topic)
filters = st.lists(names | st.sampled_from(["+", "#"]), min_size=1, max_size=4).map("/".join).filter(valid_filter)


def covers(wanted: str, topic: str) -> bool:
    """4.7 of the standard as a regular expression: the plain way to say it."""
    if topic.startswith("$") and wanted[0] in "+#":
        return False
    pattern = re.escape(wanted).replace(r"\+", "[^/]*")
    pattern = re.sub(r"(^|/)\\#$", lambda found: "(/.*)?" if found[1] else ".*", pattern)
    return re.fullmatch(pattern, topic) is not None


@given(st.lists(topics, max_size=12), filters)
def test_a_filter_finds_the_topics_that_it_covers(stored: list[str], wanted: str) -> None:
    tree: Tree[str] = Tree()
    for topic in stored:
        tree.put(topic, topic)
    assert sorted(tree.topics(wanted)) == sorted(topic for topic in set(stored) if covers(wanted, topic))


@given(st.lists(filters, max_size=12), topics)
def test_a_topic_finds_the_filters_that_cover_it(stored: list[str], topic: str) -> None:
    tree: Tree[str] = Tree()
    for wanted in stored:
        tree.put(wanted, wanted)
    assert sorted(tree.filters(topic)) == sorted(wanted for wanted in set(stored) if covers(wanted, topic))


@given(st.lists(topics), st.lists(topics))
def test_what_is_removed_leaves_nothing_behind(stored: list[str], removed: list[str]) -> None:
    tree: Tree[str] = Tree()
    for topic in stored:
        tree.put(topic, topic)
    for topic in [*removed, *stored]:
        tree.remove(topic)
        assert tree.get(topic) is None
    assert not tree._root.children


@pytest.mark.parametrize("text", ["a", "a/b", "/", "a//b", "+", "#", "a/+/b", "a/#", "+/+/#", "$SYS/#", "ä b"])
def test_a_filter_with_whole_wildcards_is_valid(text: str) -> None:
    assert valid_filter(text)


@pytest.mark.parametrize("text", ["", "a+", "+a/b", "a#", "#/a", "a/#/b", "a/##", "a" * (LONGEST + 1)])
def test_a_filter_with_a_wildcard_in_a_level_is_not(text: str) -> None:
    assert not valid_filter(text)


def test_depth_is_bounded() -> None:
    assert valid_filter("/".join("a" * MOST_LEVELS))
    assert not valid_filter("/".join("a" * (MOST_LEVELS + 1)))
    assert not valid_topic("/".join("a" * (MOST_LEVELS + 1)))


@pytest.mark.parametrize("text", ["", "+", "a/#", "a+b"])
def test_a_topic_has_no_wildcards(text: str) -> None:
    assert not valid_topic(text)
