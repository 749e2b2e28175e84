"""Rights as people write them, and what a key is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.accounts.api_keys import new_api_key, queue_rights
from api_queue.accounts.models import hash_of
from api_queue.errors import BadKeyRequest
from api_queue.web.programs import ALL_QUEUES, DEAD, MESSAGE_QUEUE, RIGHTS

NAMES = st.from_regex(MESSAGE_QUEUE, fullmatch=True).filter(lambda name: not name.endswith(DEAD))
WORDS = st.sampled_from(RIGHTS).flatmap(
    lambda right: st.tuples(*(st.sampled_from([letter, letter.upper()]) for letter in right)).map("".join)
)
FEW_WORDS = st.lists(WORDS, max_size=6)


@given(st.dictionaries(NAMES, FEW_WORDS, max_size=3))
def test_letters_may_be_of_any_case_and_words_stand_twice(wanted: dict[str, list[str]]) -> None:
    assert queue_rights(wanted) == {queue: {word.lower() for word in words} for queue, words in wanted.items()}


@given(st.dictionaries(NAMES, FEW_WORDS, max_size=3), FEW_WORDS)
def test_a_star_stands_alone(named: dict[str, list[str]], everywhere: list[str]) -> None:
    both = {**named, ALL_QUEUES: everywhere}
    assert queue_rights(both) == queue_rights({ALL_QUEUES: everywhere})


@given(st.text().filter(lambda word: word.strip().lower() not in RIGHTS))
def test_a_word_that_is_no_right_is_refused_and_not_repeated(word: str) -> None:
    with pytest.raises(BadKeyRequest) as refused:
        queue_rights({"orders": ["READ", word]})
    assert refused.value.detail == "This cannot be an API key: rights are READ, WRITE, DELETE, MANAGE."


@pytest.mark.parametrize("queue", ["", "_jobs.scan", "orders.dead", "a b", "**", "orders*", "a" * 81, "x\n"])
def test_what_no_program_can_name_is_refused(queue: str) -> None:
    with pytest.raises(BadKeyRequest, match=r"a queue is \* or 1 to 80 letters"):
        queue_rights({"orders": ["READ"], queue: ["READ"]})


def test_a_key_keeps_the_hash_of_its_value_and_is_named_by_its_head() -> None:
    key = new_api_key("aqk_secret", "lamps", queue_rights({"lamps": ["READ"]}), 7)
    assert key.key_hash == hash_of("aqk_secret")
    assert key.program.key_id == key.key_hash[:12]
    assert (key.created_at_ms, key.revoked_at_ms, key.last_used_at_ms) == (7, None, None)
    assert "secret" not in repr(key)


@pytest.mark.parametrize("description", ["", "x" * 101])
def test_a_key_needs_a_short_word_to_know_it_by(description: str) -> None:
    with pytest.raises(BadKeyRequest, match="1 to 100 characters"):
        new_api_key("aqk_secret", description, {}, 0)
