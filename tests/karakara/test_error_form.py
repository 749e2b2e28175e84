"""Errors in the form that the clients read."""

from api_queue.karakara.error_form import room_error


def test_it_says_the_status_in_the_body_too() -> None:
    status, body = room_error(403, "missing_right", "No.", {"needs": "the host"})
    assert status == 403
    assert body == {
        "status": 403,
        "message": "No.",
        "context": {"code": "missing_right", "needs": "the host"},
        "description": "Forbidden",
    }


def test_what_does_not_fit_is_a_bad_request() -> None:
    status, body = room_error(422, "bad_body", "It cannot be read.", {})
    assert (status, body["status"], body["description"]) == (400, 400, "Bad Request")


def test_a_queue_that_is_not_there_is_a_room_that_is_not() -> None:
    _, body = room_error(404, "unknown_queue", "There is no queue 'kara'.", {"queue": "kara"})
    assert body["message"] == "Room 'kara' not found"


def test_a_refusal_of_our_rules_keeps_its_own_code() -> None:
    """As `QueueValidationFailed` has it among its facts."""
    _, body = room_error(422, "queue_validation_failed", "queue validation failed", {"code": "muted", "exc": "No."})
    assert body["context"] == {"code": "muted", "exc": "No."}
