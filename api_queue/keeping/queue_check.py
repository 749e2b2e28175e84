"""The queues in Redis: whether the keys of each agree, and whether each is listed."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from api_queue.drivers.redis import Redis
from api_queue.keeping.findings import Finding
from api_queue.keeping.found import Found
from api_queue.keeping.redis_keys import RedisKeys
from api_queue.queues.arrangement import ArrangementStore
from api_queue.queues.keys import NAMES, every, key
from api_queue.queues.session import Session
from api_queue.queues.settings import QueueSettings
from api_queue.queues.soundness import Keys, Sound, bad_records, faults, last_rev, mending, sound
from api_queue.types import QueueName

_WRITTEN_ANEW: Final = "writes the queue anew from its list; what cannot be read goes to the found file"
_PUT_BACK: Final = "puts the default in its place; what was there goes to the found file"
#: What stays of a queue that was deleted, and ends by itself.
_OUTLIVES: Final = frozenset({"events", "relayed", "bell"})
_TRIES: Final = 5


class QueueCheck:
    """`findings.Check`."""

    def __init__(self, redis: Redis, arrangements: ArrangementStore, found: Found, now_ms: int) -> None:
        self._redis = redis
        self._keys = RedisKeys(redis)
        self._arrangements = arrangements
        self._found = found
        self._now_ms = now_ms

    async def look(self) -> list[Finding]:
        parts = await self._parts()
        listed = set(await self._redis.call("SMEMBERS", NAMES))
        findings = []
        for name in sorted(parts.keys() | listed):
            findings += await self._look_at(QueueName(name), parts.get(name, set()), listed=name in listed)
        return findings

    async def _parts(self) -> dict[str, set[str]]:
        """The keys that there are of each queue."""
        parts: dict[str, set[str]] = {}
        async for each in self._keys.every("q:*"):
            name, mark, part = each.removeprefix("q:{").partition("}:")
            if each.startswith("q:{") and mark and not name.startswith("_"):
                parts.setdefault(name, set()).add(part)
        return parts

    async def _look_at(self, name: QueueName, parts: set[str], *, listed: bool) -> list[Finding]:
        if "meta" not in parts:
            return list(_of_no_queue(name, parts - _OUTLIVES, listed=listed))
        findings = []
        if not listed:
            findings.append(Finding("queue_unlisted", name, "It is not in the list of queues.", "lists it"))
        keys = await self._read(name)
        bad = bad_records(keys)
        findings += [_bad_record(name, field) for field in bad]
        if not bad:
            right = sound(keys, _settings(keys).order)
            findings += [Finding(f.code, name, f"{_sentence(f.sentence)}", _WRITTEN_ANEW) for f in faults(keys, right)]
        return findings

    async def _read(self, name: QueueName) -> Keys:
        return {kept.key.rpartition(":")[2]: kept.values for kept in await self._keys.read(every(name))}

    # -- repairs -----------------------------------------------------------------------------------------------

    async def mend(self, findings: Sequence[Finding]) -> None:
        codes: dict[QueueName, set[str]] = {}
        for finding in findings:
            codes.setdefault(QueueName(finding.where), set()).add(finding.code)
        for name, of_queue in codes.items():
            await self._mend(name, of_queue)

    async def _mend(self, name: QueueName, codes: set[str]) -> None:
        if codes & {"queue_remains", "queue_gone"}:
            await self._put_away(name)
            return
        if "queue_unlisted" in codes:
            await self._redis.call("SADD", NAMES, name)
        if codes - {"queue_unlisted"}:
            await self._write_anew(name)

    async def _put_away(self, name: QueueName) -> None:
        """Nothing where somebody has made a queue of this name meanwhile."""
        remains = await self._keys.read(every(name))
        if key(name, "meta") in {kept.key for kept in remains}:
            return
        for kept in remains:
            if kept.key.rpartition(":")[2] not in _OUTLIVES:
                self._found.keep("queue_remains", name, kept)
                await self._keys.delete([kept.key])
        await self._redis.call("SREM", NAMES, name)

    async def _write_anew(self, name: QueueName) -> None:
        """Again where somebody has changed the queue meanwhile: then it is another list."""
        for _ in range(_TRIES):
            await self._put_defaults(name, await self._read(name))
            keys = await self._read(name)
            right = sound(keys, _settings(keys).order)
            if not list(faults(keys, right)):
                return
            if await self._arrange(name, keys, right):
                return

    async def _put_defaults(self, name: QueueName, keys: Keys) -> None:
        for field, text in bad_records(keys).items():
            if text:
                self._found.keep(f"meta {field}", name, text)
            await self._redis.call("HSET", key(name, "meta"), field, self._default(field, keys))

    def _default(self, field: str, keys: Keys) -> str:
        match field:
            case "settings":
                return msgspec.json.encode(QueueSettings()).decode()
            case "session":
                return msgspec.json.encode(Session()).decode()
            case "rev":
                return str(last_rev(keys))
            case "head" | "waiting_ms" | "fixed":
                return "0"
            case _:  # times, and counters that begin at one
                return str(self._now_ms)

    async def _arrange(self, name: QueueName, keys: Keys, right: Sound) -> bool:
        for line in right.unreadable:
            self._found.keep("queue_lines", name, line)
        meta = _pairs(keys, "meta")
        if strays := [each for each in _pairs(keys, "index") if each not in right.ids]:
            await self._redis.call("HDEL", key(name, "index"), *strays)
        rev = max(int(meta["rev"]), last_rev(keys))
        if rev != int(meta["rev"]):
            await self._redis.call("HSET", key(name, "meta"), "rev", rev)
        session = msgspec.json.decode(meta["session"], type=Session)
        if session.item_id and not any(i.id == session.item_id and i.status == "playing" for i in right.over):
            stopped = msgspec.structs.replace(session, state="stopped", item_id=None, track_id=None, position_ms=0)
            await self._redis.call("HSET", key(name, "meta"), "session", msgspec.json.encode(stopped))
        return await self._arrangements.arrange(name, mending(keys, right, rev), self._now_ms) is not None


def _of_no_queue(name: QueueName, parts: set[str], *, listed: bool) -> Sequence[Finding]:
    if parts:
        what = f"There are keys of it ({', '.join(sorted(parts))}), and none that says what queue it is."
        return [Finding("queue_remains", name, what, "takes them away, into the found file")]
    if listed:
        return [Finding("queue_gone", name, "It is in the list of queues, and there is none.", "takes it off the list")]
    return []


def _bad_record(name: QueueName, field: str) -> Finding:
    return Finding("queue_record", name, f"Its {field} cannot be read.", _PUT_BACK)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _settings(keys: Keys) -> QueueSettings:
    return msgspec.json.decode(_pairs(keys, "meta")["settings"], type=QueueSettings)


def _pairs(keys: Keys, part: str) -> Mapping[str, str]:
    flat = keys.get(part, ())
    return dict(zip(flat[::2], flat[1::2], strict=True))
