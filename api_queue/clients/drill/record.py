"""All that a drill gets to know, told as it comes, and kept for the judge."""

from api_queue.clients.drill.judge import Drill
from api_queue.clients.drill.seen import Done, Seen
from api_queue.clients.drill.sounds import Sample
from api_queue.clients.transcript import Transcript


class Record:
    def __init__(self, transcript: Transcript) -> None:
        self._transcript = transcript
        self._samples: dict[str, list[Sample]] = {}
        self._seen: list[Seen] = []
        self._done: list[Done] = []
        self.sounding: set[str] = set()

    @property
    def last_seen(self) -> Seen:
        return self._seen[-1]

    def did(self, done: Done) -> None:
        self._done.append(done)
        self._transcript.happened(_told(done), done.at_ms)

    def saw(self, seen: Seen) -> None:
        before = self._seen[-1] if self._seen else None
        self._seen.append(seen)
        if before is None or _of_note(seen) != _of_note(before):
            speaker = f"{seen.speaker_name or 'nobody'} ({seen.generation})"
            self._transcript.happened(f"        {seen.play_state}, {speaker}, at {seen.position_ms / 1000:.2f} s")

    def heard(self, name: str, sample: Sample) -> None:
        self._samples.setdefault(name, []).append(sample)
        if (sample.position_ms is not None) != (name in self.sounding):
            self.sounding ^= {name}
            place = "is silent" if sample.position_ms is None else f"sounds at {sample.position_ms / 1000:.2f} s"
            self._transcript.happened(f"    {name} {place}", sample.told_ms)
        last = _told(self._done[-1]) if self._done else "nothing yet"
        self._transcript.move(f"{', '.join(sorted(self.sounding)) or 'silence'}; {last}")

    def drill(self, began_ms: float, ended_ms: float, lease_ms: float) -> Drill:
        return Drill(self._samples, self._done, self._seen, began_ms, ended_ms, lease_ms)


def _of_note(seen: Seen) -> tuple[object, ...]:
    return seen.play_state, seen.item_id, seen.speaker_name, seen.generation, seen.quiet_until_ms


def _told(done: Done) -> str:
    outcome = "" if done.outcome == "done" else f"({done.outcome})"
    return " ".join(filter(None, (done.verb, done.device, outcome)))
