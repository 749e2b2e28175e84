"""What a log line shows of an address that carries a credential."""

import logging

import pytest

from api_queue.web.masked_logs import MaskSecrets, mask


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("GET http://h/media/tracks/t?token=abc.def-_1 stopped", "GET http://h/media/tracks/t?token=... stopped"),
        ("/x?queue=a&token=abc&b=1", "/x?queue=a&token=...&b=1"),
        ('"/auth?code=K7P4"', '"/auth?code=..."'),
        ("/queue/token=1?q=token", "/queue/token=1?q=token"),
    ],
)
def test_the_value_is_masked_and_nothing_else(line: str, shown: str) -> None:
    assert mask(line) == shown


def test_a_record_keeps_its_arguments_and_loses_its_secrets() -> None:
    record = logging.LogRecord("sanic.access", logging.INFO, "", 1, "%s %d", ("/m?token=abc", 200), None)
    vars(record)["request"] = "GET http://h/m?token=abc"
    assert MaskSecrets().filter(record)
    assert record.getMessage() == "/m?token=... 200"
    assert vars(record)["request"] == "GET http://h/m?token=..."
