"""Whatever bytes arrive, they are the fields that were asked for or one sentence about what is wrong."""

import logging
from collections.abc import Callable, Iterator
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.errors import BadBody
from api_queue.web.bodies import read_body, read_fields, read_raw, to_shape
from tests.web.requests import a_request

T = TypeVar("T")

FORM = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data; boundary=line"
CONTENT_TYPES = ["", FORM, MULTIPART, "multipart/form-data", "text/csv", "application/json", "text/plain", "no type;;"]
COLUMNS = ("track_id", "performer_name")
PART = b'--line\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'


class Song(msgspec.Struct):
    track_id: str
    performer_name: str = "nobody"
    tempo: Annotated[int, msgspec.Meta(ge=1)] = 100


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    """Sanic logs each broken form with a traceback."""
    logger = logging.getLogger("sanic.error")
    logger.disabled = True
    yield
    logger.disabled = False


def fields(body: bytes, content_type: str = "") -> dict[str, Any]:
    return read_fields(a_request(headers={"content-type": content_type} if content_type else {}, body=body))


@pytest.mark.parametrize(
    ("body", "content_type"),
    [(b'{"a": "1", "client_event_uuid": "u1"}', ""), (b"a=1&client_event_uuid=u1", FORM)],
)
def test_the_key_of_a_write_is_no_field_of_it(body: bytes, content_type: str) -> None:
    assert fields(body, content_type) == {"a": "1"}


def song(body: bytes, content_type: str = "text/csv") -> Song:
    return read_body(a_request(headers={"content-type": content_type}, body=body), Song, COLUMNS)


def outcome(read: Callable[[], T]) -> T | str:
    """What was read, or the sentence of the refusal."""
    try:
        return read()
    except BadBody as refused:
        return refused.detail


def reason(body: bytes, content_type: str = "") -> str:
    with pytest.raises(BadBody) as refused:
        fields(body, content_type)
    return refused.value.detail


# -- any bytes at all ------------------------------------------------------------------------------------------


@given(st.binary(max_size=300), st.sampled_from(CONTENT_TYPES))
@example(b'{"a":' * 9000, "")
@example(b"[" * 60_000, "application/json")
@example(b'{"a": "\\ud800"}', "")
@example(b'{"a": 1e999}', "")
@example(b"a\xff=1", FORM)
@example(b"a=1", "multipart/form-data")
def test_any_body_is_fields_or_a_sentence(body: bytes, content_type: str) -> None:
    said = outcome(lambda: fields(body, content_type))
    assert isinstance(said, dict) or (said.startswith("The body cannot be read: ") and said.endswith("."))


@given(st.binary(max_size=300), st.sampled_from(CONTENT_TYPES))
@example(b'"open', "text/csv")
@example(b"\xff", "text/csv")
@example(b"a\x00b", "text/csv")
def test_any_body_is_the_shape_or_a_sentence(body: bytes, content_type: str) -> None:
    said = outcome(lambda: song(body, content_type))
    assert isinstance(said, Song) or said.endswith(".")


@given(st.dictionaries(st.text(max_size=5), st.none() | st.booleans() | st.integers() | st.text(max_size=9)))
def test_json_comes_back_as_it_was_whatever_the_header_calls_it(sent: dict[str, object]) -> None:
    body = msgspec.json.encode(sent)
    for content_type in ("", FORM, "application/json", "text/plain"):
        assert fields(body, content_type) == sent


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(min_size=1, max_size=9), min_size=1))
def test_a_form_comes_back_as_it_was(sent: dict[str, str]) -> None:
    body = urlencode(sent).encode()
    if body[:1] not in b"{[":
        assert fields(body, FORM) == sent


# -- JSON ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [b"", b"  \r\n\t "])
def test_nothing_at_all_is_no_fields(body: bytes) -> None:
    assert fields(body) == {}


def test_white_space_around_json_is_air() -> None:
    assert fields(b'\n {"a": 1} \n', FORM) == {"a": 1}


def test_a_list_is_no_object() -> None:
    assert reason(b'[{"a": 1}]') == "The body cannot be read: it must be one JSON object."


def test_json_that_never_ends_is_told_as_such() -> None:
    assert "nested too deeply" in reason(b'{"a":' * 9000)


def test_json_in_another_encoding_is_told_as_such() -> None:
    body = '{"track_id": "Zoë"}'.encode("latin-1")
    for reading in (read_fields, lambda request: read_raw(request, Song)):
        with pytest.raises(BadBody, match="UTF-8"):
            reading(a_request(body=body))


def test_broken_json_says_where_it_broke() -> None:
    assert "byte 6" in reason(b'{"a": x}')


@pytest.mark.parametrize("body", [b"hello", b"7", b'"text"', b"\xef\xbb\xbf{}"])
def test_what_is_neither_is_told_what_would_be_right(body: bytes) -> None:
    assert reason(body, "application/json").endswith("it is neither a JSON object nor a form.")


# -- forms -----------------------------------------------------------------------------------------------------


def test_the_last_value_of_a_name_counts() -> None:
    assert fields(b"a=1&a=2&b=3", FORM) == {"a": "2", "b": "3"}


def test_a_field_that_was_left_empty_was_not_sent() -> None:
    assert fields(b"a=1&label=", FORM) == {"a": "1"}


def test_plus_and_percent_are_what_browsers_mean_by_them() -> None:
    assert fields(b"name=J%C3%BCrgen+%26+Ana", FORM) == {"name": "Jürgen & Ana"}


@pytest.mark.parametrize("content_type", [FORM.upper(), f"{FORM}; charset=utf-8", f"{FORM};charset=x"])
def test_a_form_is_known_by_its_type_alone(content_type: str) -> None:
    assert fields(b"a=1", content_type) == {"a": "1"}


def test_a_form_in_parts_is_a_form() -> None:
    body = PART % (b"track_id", b"one") + PART % (b"performer_name", "Zoë".encode()) + b"--line--\r\n"
    assert fields(body, MULTIPART) == {"track_id": "one", "performer_name": "Zoë"}


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"a\xff=1", FORM),
        (b"label=", FORM),
        (b"a=1", "multipart/form-data"),  # no boundary
        (b"--other--\r\n", MULTIPART),
    ],
)
def test_a_broken_form_is_not_taken_for_an_empty_one(body: bytes, content_type: str) -> None:
    assert "the form is broken" in reason(body, content_type)


# -- CSV -------------------------------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
@example("a\nb", 'quotes " and, commas')
@example("a\u2028b", "\x0b")
def test_a_quoted_cell_is_read_as_it_was(track_id: str, name: str) -> None:
    line = ",".join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in (track_id, name))
    assert song(line.encode()) == Song(track_id, name)


@pytest.mark.parametrize("body", [b"one,Ana", b"one,Ana\n", b"one,Ana\r\n", b'"one","Ana"'])
def test_a_line_may_end_or_not(body: bytes) -> None:
    assert song(body) == Song("one", "Ana")


def test_columns_at_the_end_may_be_left_out() -> None:
    assert song(b"one") == Song("one")


def test_the_type_may_be_shouted_and_name_its_charset() -> None:
    assert song(b"one,Ana", "Text/CSV; charset=utf-8") == Song("one", "Ana")


@pytest.mark.parametrize("body", [b"", b"one,Ana\ntwo,Bob", b"one,Ana,3", b"one\n\n"])
def test_it_is_exactly_one_line_of_these_columns(body: bytes) -> None:
    with pytest.raises(BadBody, match="one CSV line: track_id,performer_name"):
        song(body)


@pytest.mark.parametrize("body", [b'"one', b'"one"x,Ana', "Zoë".encode("latin-1")])
def test_a_line_that_is_no_csv_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody, match="it is no CSV"):
        song(body)


def test_csv_is_read_only_where_columns_are_named() -> None:
    with pytest.raises(BadBody, match="neither a JSON object nor a form"):
        read_body(a_request(headers={"content-type": "text/csv"}, body=b"one,Ana"), Song)


# -- shapes ----------------------------------------------------------------------------------------------------


def test_texts_of_forms_become_what_the_shape_says() -> None:
    assert song(b"track_id=one&tempo=120", FORM).tempo == 120


def test_fields_that_nobody_asked_for_are_left_alone() -> None:
    assert song(b'{"track_id": "one", "colour": "red"}', "") == Song("one")


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "missing required field `track_id`"),
        ({"track_id": 5}, "Expected `str`, got `int` - at `$.track_id`"),
        ({"track_id": "one", "tempo": 0}, "`int` >= 1 - at `$.tempo`"),
        ({"track_id": "one", "tempo": "fast"}, "at `$.tempo`"),
    ],
)
def test_what_does_not_fit_is_named_with_its_place(sent: dict[str, Any], said: str) -> None:
    with pytest.raises(BadBody) as refused:
        to_shape(sent, Song)
    assert said in refused.value.detail
