"""Label files of Audacity."""

from hypothesis import given
from hypothesis import strategies as st

from api_queue.formats.audacity_labels import Label, Labels, read_labels

#: As Audacity writes them: six digits, or a comma where the language has one.
FILE = "0.000000\t215.500000\tA - B\r\n215,500000\t215,500000\tC - D\r\n"


def test_regions_and_points_are_read() -> None:
    assert read_labels(FILE).labels == [Label(1, 0, 215_500, "A - B"), Label(2, 215_500, 215_500, "C - D")]


def test_the_frequencies_of_a_label_are_passed_over() -> None:
    found = read_labels("1.5\t2.5\tchirp\n\\\t440.000000\t880.000000\n3\t4\tnext\n")
    assert found == Labels([Label(1, 1500, 2500, "chirp"), Label(3, 3000, 4000, "next")], [])


def test_frequencies_of_nothing_are_told() -> None:
    assert read_labels("\\\t440\t880\n") == Labels([], [(1, "\\\t440\t880")])


def test_a_label_may_be_empty_or_left_out() -> None:
    assert read_labels("\ufeff1\t1\t\n2\t2").labels == [Label(1, 1000, 1000, ""), Label(2, 2000, 2000, "")]


def test_what_is_no_label_is_told_with_its_line() -> None:
    assert read_labels("1\t2\ta\n\nsome words\n-1\t2\tb\n") == Labels(
        [Label(1, 1000, 2000, "a")], [(3, "some words"), (4, "-1\t2\tb")]
    )


@given(st.text())
def test_each_line_is_a_label_or_told_or_says_nothing(text: str) -> None:
    found = read_labels(text)
    told = {label.line for label in found.labels} | {number for number, _ in found.others}
    lines = text.removeprefix("\ufeff").splitlines()
    assert all(number in told or not line.strip() or line.startswith("\\") for number, line in enumerate(lines, 1))
