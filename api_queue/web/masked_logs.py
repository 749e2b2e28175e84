"""Credentials in addresses never reach a log: Sanic writes the whole URL of a request that was broken off."""

import logging
import re
from typing import Final

_SECRET = re.compile(r"([?&](?:token|code)=)[^&\s\"'#]+")

_SANIC_LOGGERS: Final = ("sanic.root", "sanic.error", "sanic.access", "sanic.server")


def mask(text: str) -> str:
    return _SECRET.sub(r"\1...", text)


class MaskSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = mask(record.getMessage()), None
        if isinstance(request := getattr(record, "request", None), str):
            record.request = mask(request)  # the access log's own field
        return True


_MASK: Final = MaskSecrets()


def mask_sanic_logs() -> None:
    """Twice is as good as once."""
    for name in _SANIC_LOGGERS:
        logging.getLogger(name).addFilter(_MASK)
