"""Whose name it is, however it is written."""

import pytest

from api_queue.formats.performers import same_performer, singers


def test_case_and_width_do_not_make_another_performer() -> None:
    assert same_performer("ＡＮＡ") == same_performer("ana")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("Ana", ("ana",)),
        ("Ana & Bo", ("ana", "bo")),
        ("R&B", ("r&b",)),
        ("Ana & ANA", ("ana",)),
        ("A &  & B", ("a", "b")),
    ],
)
def test_a_duet_has_two_singers(name: str, keys: tuple[str, ...]) -> None:
    assert singers(name) == keys
