"""Events read from pieces, however the network cuts them."""

from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.formats import sse
from api_queue.formats.sse_reader import SseReader

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"))
frames = st.lists(st.tuples(st.sampled_from(["items_change", "snapshot"]), texts), max_size=5)


@given(frames, st.integers(1, 9))
@example([("snapshot", "a\u2028b\nc")], 1)
def test_what_was_written_is_read_wherever_it_is_cut(written: list[tuple[str, str]], size: int) -> None:
    stream = b"".join(sse.frame(*event) for event in written)
    reader = SseReader()

    pieces = (stream[at : at + size] for at in range(0, len(stream), size))
    assert [event for piece in pieces for event in reader.feed(piece)] == written


def test_what_is_not_complete_is_kept_back() -> None:
    reader = SseReader()

    assert list(reader.feed(b"event: a\ndata: 1\n")) == []
    assert list(reader.feed(b"\n")) == [("a", "1")]


def test_comments_retries_and_ids_are_no_events() -> None:
    stream = sse.comment() + sse.retry(1000) + sse.frame("a", "1", "7-0")

    assert list(SseReader().feed(stream)) == [("a", "1")]


def test_all_three_ends_of_a_line_are_known_also_when_they_are_cut() -> None:
    reader = SseReader()

    found = [
        event for piece in (b"data: 1\r", b"\n\r", b"\ndata: 2\r\r", b"data: 3\n\n") for event in reader.feed(piece)
    ]

    assert found == [("message", "1"), ("message", "2"), ("message", "3")]


def test_who_comes_back_goes_on_from_the_last_event_that_was_complete() -> None:
    reader = SseReader()
    # Given an event with an id, one without, and one that is cut
    stream = sse.frame("a", "1", "7-0") + sse.frame("b", "2") + b"id: 8-0\nevent: c\ndata: 3\n"
    # Then the position is that of the first
    assert [(*event, reader.last_id) for event in reader.feed(stream)] == [("a", "1", "7-0"), ("b", "2", "7-0")]
    # And moves on with the end of the last
    assert list(reader.feed(b"\n")) == [("c", "3")]
    assert reader.last_id == "8-0"
