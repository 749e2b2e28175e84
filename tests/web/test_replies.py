"""Answers as bytes."""

from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from api_queue.web.error_list import refusals, refusals_html
from api_queue.web.operation import Operation
from api_queue.web.replies import empty, reply, text_reply


class Song(msgspec.Struct):
    title: str


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=3)))
def test_what_is_answered_can_be_read_again(value: object) -> None:
    answer = reply(value)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert msgspec.json.decode(answer.body or b"") == value


def test_records_paths_and_times_are_answered_as_what_they_say() -> None:
    body = {"song": Song("Für Elise"), "path": Path("/a"), "at": datetime(2026, 1, 2, tzinfo=UTC)}
    assert msgspec.json.decode(reply(body).body or b"") == {
        "song": {"title": "Für Elise"},
        "path": "/a",
        "at": "2026-01-02T00:00:00Z",
    }


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    answer = reply({"origin": "http://a\udcff", "song": Song("ü"), "path": Path("/a")})
    assert msgspec.json.decode(answer.body or b"") == {"origin": "http://a?", "song": {"title": "ü"}, "path": "/a"}


def test_status_and_headers_are_the_handlers() -> None:
    answer = reply({}, 201, {"Location": "/queue/party"})
    assert (answer.status, answer.headers["location"]) == (201, "/queue/party")


def test_a_text_names_its_charset() -> None:
    answer = text_reply("Zoë", "text/csv", {"Vary": "Accept"})
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.body == "Zoë".encode()


def test_nothing_is_204() -> None:
    assert (empty().status, empty().body) == (204, b"")


# -- what describes --------------------------------------------------------------------------------------------


def test_the_list_of_errors_is_well_formed_and_has_each_code_once() -> None:
    page = ElementTree.fromstring(f"<main>{refusals_html()}</main>")
    codes = [article.attrib["id"] for article in page]
    assert len(codes) == len(set(codes))
    assert set(codes) == {refusal.code for refusal in refusals()}


def test_a_code_with_two_sentences_shows_both() -> None:
    page = ElementTree.fromstring(f"<main>{refusals_html()}</main>")
    (article,) = [article for article in page if article.attrib["id"] == "unknown_track"]
    assert sorted(status.text or "" for status in article.iter("span")) == ["404", "422"]


def test_a_handler_carries_what_was_said_of_it() -> None:
    @Operation(body=Song, status=201)
    async def add() -> None: ...

    async def plain() -> None: ...

    assert (Operation.of(add).body, Operation.of(add).status) == (Song, 201)
    assert Operation.of(plain) == Operation()
