"""The verbs: mint an address of a track, look up the file behind one, find a preview."""

from pathlib import Path
from typing import Final

import structlog

from api_queue.drivers.clock import Clock
from api_queue.errors import BadMediaToken, ForeignMediaToken, MissingRight, NotTheSpeaker, PreviewOff
from api_queue.media import tokens
from api_queue.media.models import (
    MAX_BAD_USES,
    DeviceSource,
    LeaseSource,
    MediaToken,
    Minted,
    PreviewPolicy,
    Store,
    TrackSource,
    Turn,
    check_use,
    holds,
)
from api_queue.media.preview import WHOLE, Previews, Span
from api_queue.media.remembered import Remembered
from api_queue.types import DeviceId, QueueName, TrackId
from api_queue.web.identity import MAY, Caller

#: The library answers with SQL and resolves links, ten times what a range costs. A file that moves is missed so long.
PLACE_KEPT_MS: Final = 10_000

#: How long after its last chance a token may still be used. The lease, on the other hand, is looked at each time.
BAD_USES_KEPT_MS: Final = 1_000

_log = structlog.get_logger()


class MediaService:
    def __init__(
        self,
        key: bytes,
        ttl_s: int,
        tracks: TrackSource,
        leases: LeaseSource,
        devices: DeviceSource,
        store: Store,
        clock: Clock,
    ) -> None:
        self._key = key
        self._ttl_s = ttl_s
        self._tracks = tracks
        self._leases = leases
        self._devices = devices
        self._store = store
        self._clock = clock
        self._path_of = Remembered(tracks.path_of, PLACE_KEPT_MS, clock)
        self._bad_uses = Remembered(store.bad_uses, BAD_USES_KEPT_MS, clock)

    async def mint(self, caller: Caller, track_id: TrackId, turn: Turn | None) -> Minted:
        """For the active device of a queue: the caller itself, or the one that a host names. An admin needs none.

        Raises NotTheSpeaker, TrackNotFound.
        """
        itself = await self._devices.itself(caller)
        turn = turn or await self._turn_of(itself)
        await self._check_minter(caller, turn, itself)
        return await self._minted(caller, track_id, turn)

    async def mint_to_listen(self, caller: Caller, track_id: TrackId) -> Minted:
        """For a person, to hear what a recording is made of beside the speakers of queues. Raises MissingRight for a
        program, which has no ears; TrackNotFound.
        """
        if caller.highest_role == "program":
            raise MissingRight(needs="a member of this server or a host")
        return await self._minted(caller, track_id, None)

    async def _minted(self, caller: Caller, track_id: TrackId, turn: Turn | None) -> Minted:
        part = await self._tracks.part_of(track_id)
        recording = part.track_id if part else track_id
        await self._path_of(recording)
        expires_at_ms = self._clock.now_ms() + self._ttl_s * 1000
        token = MediaToken(_public_id(caller), recording, expires_at_ms, turn)
        _log.debug("media token minted", **_facts(token))
        return Minted(tokens.sign(token, self._key), token, self._ttl_s, part)

    async def _turn_of(self, itself: tuple[QueueName, DeviceId] | None) -> Turn | None:
        lease = await self._leases.lease(itself[0]) if itself else None
        return Turn(*itself, lease.generation) if itself and lease else None

    async def _check_minter(self, caller: Caller, turn: Turn | None, itself: tuple[QueueName, DeviceId] | None) -> None:
        if turn is None:
            may = caller.role_on(None) == "admin"
        else:
            named = (turn.queue, turn.device_id)
            may = (named == itself or caller.role_on(turn.queue) in MAY["host"]) and await self._is_speaking(turn)
        if not may:
            raise NotTheSpeaker

    async def _is_speaking(self, turn: Turn) -> bool:
        lease = await self._leases.lease(turn.queue)
        return lease is not None and holds(lease, turn) and self._clock.now_ms() < lease.lease_until_ms

    async def file_of(self, track_id: TrackId, text: str) -> Path:
        """The file that the token in `text` opens. Raises BadMediaToken, ForeignMediaToken, TrackNotFound."""
        token, token_id = tokens.verify(text, self._key), tokens.token_id(text)
        if await self._bad_uses(token_id) >= MAX_BAD_USES:
            raise BadMediaToken
        lease = await self._leases.lease(token.turn.queue) if token.turn else None
        try:
            check_use(token, track_id, lease, self._clock.now_ms())
        except ForeignMediaToken:
            _log.warning("media token used where it does not belong", token_id=token_id, **_facts(token))
            await self._store.count_bad_use(token_id)
            raise
        return await self._path_of(track_id)


class PreviewService:
    def __init__(self, tracks: TrackSource, policy: PreviewPolicy, previews: Previews) -> None:
        self._tracks = tracks
        self._policy = policy
        self._previews = previews

    async def preview_of(self, track_id: TrackId, queue: QueueName) -> Path:
        """Raises PreviewOff, UnknownQueue, TrackNotFound, NoPreview, PreviewsNeedFfmpeg."""
        if not await self._policy.previews_on(queue):
            raise PreviewOff
        part = await self._tracks.part_of(track_id)
        span = Span(part.start_ms, part.end_ms) if part else WHOLE
        return await self._previews.cut_of(track_id, await self._tracks.path_of(track_id), span)


def _public_id(caller: Caller) -> str:
    return caller.grants[0].token_id if caller.grants else str(caller.guest_id)


def _facts(token: MediaToken) -> dict[str, object]:
    turn = token.turn
    return {
        "who": token.who,
        "track_id": token.track_id,
        "queue": turn and turn.queue,
        "device_id": turn and turn.device_id,
        "generation": turn and turn.generation,
    }
