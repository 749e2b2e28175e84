"""Errors in the form that the clients read."""

import json

import pytest

from api_queue.karakara.error_form import room_error


def test_it_says_the_status_in_the_body_too() -> None:
    answer = room_error(403, "missing_right", "No.", {"needs": "the host"})
    assert (answer.status, answer.content_type) == (403, "application/json")
    assert json.loads(answer.body or b"") == {
        "status": 403,
        "message": "No.",
        "context": {"code": "missing_right", "needs": "the host"},
        "description": "Forbidden",
    }


def test_what_does_not_fit_is_a_bad_request() -> None:
    answer = room_error(422, "bad_body", "It cannot be read.", {})
    assert (answer.status, json.loads(answer.body or b"")["status"]) == (400, 400)


def test_a_queue_that_is_not_there_is_a_room_that_is_not() -> None:
    answer = room_error(404, "unknown_queue", "There is no queue 'kara'.", {"queue": "kara"})
    assert json.loads(answer.body or b"")["message"] == "Room 'kara' not found"


@pytest.mark.parametrize("status", [409, 429, 503])
def test_when_to_come_back_also_stands_in_the_header(status: int) -> None:
    assert room_error(status, "later", "Later.", {"retry_after": 7}).headers["retry-after"] == "7"
