"""Paths as text: names of files are bytes, and JSON is Unicode.

Each byte that is no UTF-8 is written as in a URL, `caf%E9.flac`, and so is a `%` that would be read as the beginning of
one; everything else stands as it is.
"""

import os
import re
from typing import Final
from urllib.parse import unquote_to_bytes

_NO_TEXT: Final = re.compile("%(?=[0-9A-Fa-f]{2})|[\udc80-\udcff]")


def to_text(path: str) -> str:
    return _NO_TEXT.sub(lambda found: f"%{os.fsencode(found[0])[0]:02X}", path)


def from_text(text: str) -> str:
    return os.fsdecode(unquote_to_bytes(text))
