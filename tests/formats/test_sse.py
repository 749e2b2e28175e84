"""Frames as the WHATWG standard's examples have them."""

import pytest

from api_queue.formats import sse


def test_a_frame_has_id_event_and_data() -> None:
    assert sse.frame("items_change", '{"rev":1}', "1-0") == b'id: 1-0\nevent: items_change\ndata: {"rev":1}\n\n'


def test_without_an_id_the_reader_keeps_its_last_one() -> None:
    assert sse.frame("reset", "{}") == b"event: reset\ndata: {}\n\n"


@pytest.mark.parametrize("text", ["one\ntwo", "one\r\ntwo", "one\rtwo"])
def test_data_of_several_lines_stays_one_event(text: str) -> None:
    assert sse.frame("note", text) == b"event: note\ndata: one\ndata: two\n\n"


def test_names_in_every_script_are_utf_8() -> None:
    assert "Ødegård 東京".encode() in sse.frame("note", "Ødegård 東京")


def test_a_comment_and_a_retry_are_no_events() -> None:
    assert sse.comment() == b":\n\n"
    assert sse.retry(1500) == b"retry: 1500\n\n"


def test_a_chunk_tells_its_length_in_hexadecimal() -> None:
    assert sse.chunk(b"x" * 26) == b"1a\r\n" + b"x" * 26 + b"\r\n"
