"""The verbs on a room that are not about its items: go in, be its host, set it up, press its buttons."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from api_queue.accounts.models import new_secret
from api_queue.accounts.rate_limits import RateLimiter
from api_queue.accounts.service import AuditService, TokenService
from api_queue.errors import (
    InvalidRoomCommand,
    PasswordIsName,
    QueueExists,
    RoomCommandsForHost,
    RoomNotFound,
    RoomSettingsForHost,
    UnknownQueue,
)
from api_queue.karakara.passwords import Passwords
from api_queue.karakara.rooms import NEW_ROOM, is_host
from api_queue.queues.commands import QueueCommands
from api_queue.queues.models import Queue
from api_queue.queues.service import QueueService
from api_queue.queues.settings import QueueSettings, SettingsChange
from api_queue.types import QueueName
from api_queue.web.identity import Caller
from api_queue.web.singers import HOST, KEPT_S, Singer, login_token

#: What the clients have buttons for.
COMMANDS: Final = frozenset({"play", "stop", "skip", "seek_forwards", "seek_backwards"})
#: Of the login tokens of those who know the password.
_LABEL: Final = "KaraKara"


@dataclass(frozen=True, slots=True)
class Entered:
    """`kkhost`: the cookie of a host who had none; empty for one who is host no more; None leaves it as it is."""

    is_host: bool
    kksid: str
    kkhost: str | None = None


class RoomService:
    """`new_guest`: a caller, at this address, with a session made just now."""

    def __init__(
        self,
        queues: QueueService,
        commands: QueueCommands,
        tokens: TokenService,
        audit: AuditService,
        limiter: RateLimiter,
        passwords: Passwords,
        new_guest: Callable[[str], Caller],
    ) -> None:
        self._queues = queues
        self._commands = commands
        self._tokens = tokens
        self._audit = audit
        self._limiter = limiter
        self._passwords = passwords
        self._new_guest = new_guest

    # -- going in ----------------------------------------------------------------------------------------------

    async def enter(self, room: QueueName, password: str, singer: Singer, *, create: bool = False) -> Entered:
        """Raises RoomNotFound, and what `QueueService.create` does; RateLimited for who guesses."""
        queue = await self._found(room, singer.caller, create=create)
        was_host = singer.host_token_id is not None and is_host(singer.caller, room)
        right = await self._is_right(queue, password, singer.caller, counted=not was_host)
        await self._queues.enter(queue)
        kksid = singer.kksid or self._new_kksid(singer.caller.address)
        if not right:
            return Entered(False, kksid, await self._host_no_more(room, singer))
        if was_host:  # the clients log in twice at each visit
            return Entered(True, kksid)
        kkhost = await self._host_token(queue, password, singer.caller)
        return Entered(kkhost is not None, kksid, kkhost)

    async def _found(self, room: QueueName, caller: Caller, *, create: bool) -> Queue:
        with suppress(UnknownQueue):
            return await self._queues.queue(room)
        if not create:
            raise RoomNotFound(room=room)
        with suppress(QueueExists):  # somebody was faster
            await self._queues.create("transient", room, dict(NEW_ROOM), caller)
        return await self._queues.queue(room)

    async def _is_right(self, queue: Queue, password: str, caller: Caller, *, counted: bool) -> bool:
        """Without a password nothing is guessed, and nothing counted. Nor of who is host already: a guest who guesses
        from the same address must not keep them out.
        """
        right = self._passwords.is_right(queue, password)
        if counted and password.strip():
            await self._limiter.guess("login", caller, queue.name, right=right)
        return right

    def _new_kksid(self, address: str) -> str:
        guest = self._new_guest(address)
        return f"{guest.guest_id}-{guest.new_session_id}"

    async def _host_token(self, queue: Queue, given: str, caller: Caller) -> str | None:
        """None: there was a new password meanwhile, whose making has revoked only what it found."""
        await self._limiter.check("mint", caller, queue.name)
        kkhost = new_secret(HOST)
        secret = login_token(kkhost)
        token, _ = await self._tokens.create("host", queue.name, label=_LABEL, ttl_s=KEPT_S, value=secret)
        if not self._passwords.is_right(await self._queues.queue(queue.name), given):
            await self._tokens.revoke(token.token_id, queue.name)
            return None
        await self._audit.write(token.token_id, "login", queue.name)
        return kkhost

    async def _host_no_more(self, room: QueueName, singer: Singer) -> str | None:
        """Whoever was this room's host by their cookie is so no more, wherever that cookie has gone since."""
        if singer.host_token_id is None:
            return None
        if any(grant.queue == room for grant in singer.caller.grants):
            await self._tokens.revoke(singer.host_token_id, room)
        return ""

    async def password(self, room: QueueName) -> str:
        """For its host. Raises UnknownQueue."""
        return self._passwords.of(await self._queues.queue(room))

    async def new_password(self, room: QueueName) -> str:
        """Whoever is host by the one from before is so no more. Raises UnknownQueue, PasswordIsName."""
        if self._passwords.habit == "name":
            raise PasswordIsName
        await self._queues.rekey(room)
        await self._tokens.revoke_queue(room, _LABEL)
        return await self.password(room)

    # -- settings and commands ---------------------------------------------------------------------------------

    async def settings(self, room: QueueName) -> QueueSettings:
        """Of a room that is not there: those of one that was just made."""
        with suppress(UnknownQueue):
            return (await self._queues.queue(room)).settings
        return SettingsChange(dict(NEW_ROOM)).apply(QueueSettings())

    async def change_settings(
        self, room: QueueName, change: Callable[[QueueSettings], dict[str, Any]], caller: Caller
    ) -> None:
        """`change`: from the settings as they are to what is new of them."""
        if not is_host(caller, room):
            raise RoomSettingsForHost
        fields = change((await self._queues.queue(room)).settings)
        await self._queues.change_settings(room, fields, caller.role_on(room))
        await self._audit.write(caller.grants[0].token_id, "settings of a room", room)

    async def command(self, room: QueueName, command: str, caller: Caller) -> bool:
        """Whether it plays then; the pause before a song is playing too."""
        if command not in COMMANDS:
            raise InvalidRoomCommand
        if not is_host(caller, room):
            raise RoomCommandsForHost
        pressed = await self._commands.run(room, command, {}, caller.role_on(room))
        return pressed.queue.session.state == "playing"
