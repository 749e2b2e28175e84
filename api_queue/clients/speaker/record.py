"""What is on the deck."""

from dataclasses import dataclass
from typing import Final

from api_queue.types import ItemId

#: An end so much too early is not the end of the track but of the stream, or of a file that was cut.
_EARLY_MS: Final = 3_000


@dataclass
class Record:
    """`entry` is mpv's name for it. Positions are ms of the track: it was at `position_ms` at `seen_at_ms` (local).

    `is_cued`: it has not started since it was put where it is. mpv's own word of that is off by what it has buffered.
    `is_ready`: mpv is there. `length_ms` is 0 until mpv knows it.
    """

    item_id: ItemId
    entry: int
    is_file: bool
    seen_at_ms: float
    position_ms: float
    key_shift: int
    is_cued: bool = True
    is_ready: bool = False
    length_ms: float = 0

    def cue(self, position_ms: float, now_ms: float) -> None:
        self.is_ready, self.is_cued, self.position_ms, self.seen_at_ms = False, True, position_ms, now_ms

    def see(self, position_s: float | None, now_ms: float) -> None:
        """None: mpv does not know."""
        if position_s is not None:
            self.position_ms, self.seen_at_ms = position_s * 1000, now_ms

    def missing_ms(self, now_ms: float) -> float:
        """Of a record that ends now; 0 for what nobody misses. It may not have been looked at for a while."""
        missing_ms = self.length_ms - self.position_ms - (now_ms - self.seen_at_ms)
        return missing_ms if missing_ms > _EARLY_MS else 0
