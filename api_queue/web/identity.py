"""Who calls: what a request presents, what it was found to be, and what that may do."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, Protocol

from api_queue.types import GuestId, QueueName, Role
from api_queue.web.personal import is_personal, personal_queue, user_id
from api_queue.web.programs import NO_PROGRAM, Program

Access = Literal[
    "public",
    "open",
    "guest",
    "member",
    "helper",
    "host",
    "admin",
    "speaker",
    "device",
    "crew",
    "key",
    "author",
    "watcher",
    "singer",
]
"""What a route asks for. `public`: nothing, credentials are not even looked at. `open`: anybody, but what they present
must be good. `guest`: anybody, who gets a session when they bring none. `member`: who has a queue of their own.
`crew`: who shows guests the way in. `key`: a program, by its API key; what it may do with which queue of messages its
handler asks (`Caller.program`). `author`: a member, the host of any queue, or a program that may order tracklists
(`TRACKLIST_ORDERS`). `watcher`: an admin, or a program that may read `METRICS`. `singer`: anybody, by the cookies of
KaraKara's clients (`singers.py`); the handler asks."""

MAY: Final[dict[Access, frozenset[Role]]] = {
    "public": frozenset({"guest", "member", "helper", "host", "admin", "speaker", "screen"}),
    "open": frozenset({"guest", "member", "helper", "host", "admin", "speaker", "screen"}),
    "guest": frozenset({"guest", "member", "helper", "host", "admin"}),
    "member": frozenset({"member", "admin"}),
    "helper": frozenset({"helper", "host", "admin"}),
    "host": frozenset({"host", "admin"}),
    "admin": frozenset({"admin"}),
    "speaker": frozenset({"speaker", "host", "admin"}),
    "device": frozenset({"speaker", "screen", "host", "admin"}),
    "crew": frozenset({"screen", "helper", "host", "admin"}),
    "key": frozenset({"program", "admin"}),
    "author": frozenset({"program", "member", "host", "admin"}),
    "watcher": frozenset({"program", "admin"}),
    "singer": frozenset({"guest", "member", "helper", "host", "admin", "speaker", "screen"}),
}

#: From least to most: which of several grants speaks for a caller.
RANK: Final[tuple[Role, ...]] = ("guest", "screen", "speaker", "program", "member", "helper", "host", "admin")


class Presented(NamedTuple):
    """Credentials as they came: `session_id` cookie, bearer (login token or JWT), client address, API key."""

    session_id: str | None
    bearer: str | None
    address: str
    api_key: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A role, on one queue or (queue None) on all of them; `token_id` names the login token or API key behind it."""

    role: Role
    queue: QueueName | None
    token_id: str

    @property
    def personal_queue(self) -> QueueName | None:
        """Whose host it makes its holder, beside what it says."""
        return personal_queue(self.token_id) if self.role == "member" else None


@dataclass(frozen=True, slots=True)
class Caller:
    """`guest_id` is None while no session was presented; `new_session_id` is one that was made just now."""

    guest_id: GuestId | None
    address: str
    grants: tuple[Grant, ...] = ()
    new_session_id: str | None = None
    program: Program = NO_PROGRAM

    def role_on(self, queue: QueueName | None) -> Role:
        """The highest role here; on no queue in particular only grants for all queues count."""
        if not self.grants:
            return "guest"
        if queue is not None and is_personal(queue):
            return self._role_on_personal(queue)
        roles = [g.role for g in self.grants if g.queue is None or g.queue == queue]
        return max(roles, key=RANK.index, default="guest")

    def _role_on_personal(self, queue: QueueName) -> Role:
        """Its owner is its host. To all others, admins too, it is not there, except by a token that the owner made."""
        if any(grant.personal_queue == queue for grant in self.grants):
            return "host"
        return max((g.role for g in self.grants if g.queue == queue), key=RANK.index, default="guest")

    @property
    def highest_role(self) -> Role:
        """On whichever queue; members are host on their own."""
        own: tuple[Role, ...] = ("host",) if self.personal_queue else ()
        return max((*own, *(grant.role for grant in self.grants)), key=RANK.index, default="guest")

    @property
    def personal_queue(self) -> QueueName | None:
        """Of a member. It is made when it is first asked for (`queues/personal.py`)."""
        return next((grant.personal_queue for grant in self.grants if grant.personal_queue), None)

    @property
    def user_id(self) -> str | None:
        """Of a member: a UUID."""
        return self.personal_queue and user_id(self.personal_queue)

    @property
    def likes_as(self) -> GuestId | None:
        """Whose likes theirs are. A member's are their own on each device, whatever session that has besides."""
        return GuestId(self.user_id) if self.user_id else self.guest_id

    def sees(self, queue: QueueName) -> bool:
        """False: this is somebody else's personal queue, and as if it were not there."""
        return not is_personal(queue) or self.role_on(queue) != "guest"

    def queue_of_user(self, user: str) -> QueueName | None:
        """The personal queue of the user with this id, if the caller sees it."""
        seen = {grant.personal_queue or grant.queue for grant in self.grants}
        return next((queue for queue in seen if queue and is_personal(queue) and user_id(queue) == user.lower()), None)

    @property
    def signed_in(self) -> bool:
        return bool(self.grants)


class IdentityResolver(Protocol):
    """What the web layer needs of accounts."""

    async def resolve(self, presented: Presented) -> Caller:
        """Raises BadCredential for an `aq_` or JWT value that is unknown, expired or revoked."""

    def new_guest(self, address: str) -> Caller:
        """A caller with a session made just now."""
