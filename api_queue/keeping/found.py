"""What a repair takes away and could not make again: kept in the data folder, for whoever knows what it means."""

import os
from pathlib import Path

import msgspec

from api_queue.formats.iso_times import iso
from api_queue.keeping.manifest import private


class Found:
    """A file for each repair, with a line of JSON for each thing; none as long as nothing is found."""

    def __init__(self, data: Path, now_ms: int) -> None:
        self.path = data / "found" / f"{iso(now_ms).replace(':', '-')}.jsonl"

    def keep(self, what: str, where: str, content: object) -> None:
        """On the disk when this returns: only then it may be taken away."""
        self.path.parent.mkdir(mode=0o700, exist_ok=True)
        with open(self.path, "ab", opener=private) as file:
            file.write(msgspec.json.encode({"what": what, "where": where, "content": content}, enc_hook=str) + b"\n")
            file.flush()
            os.fsync(file.fileno())
