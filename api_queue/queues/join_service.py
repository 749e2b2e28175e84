"""Who comes to the party: guests join by the code and sit at tables; hosts look at the code and make a new one."""

from api_queue.drivers.clock import Clock
from api_queue.errors import ApiQueueError, JoinCodeNeeded, MissingCredential, SessionEnded, TableCharged, WrongJoinCode
from api_queue.queues.joining import SHOWS, JoinCode, Joining, JoinStore, NotSeated, Seat
from api_queue.queues.models import HELPERS
from api_queue.queues.service import QueueService
from api_queue.types import QueueName
from api_queue.web.identity import Caller
from api_queue.web.rate_limits import GuessLimiter


class JoinService:
    """All raise UnknownQueue, but `code_for` a guest."""

    def __init__(self, store: JoinStore, queues: QueueService, limit: GuessLimiter, clock: Clock) -> None:
        self._store = store
        self._queues = queues
        self._limit = limit
        self._clock = clock

    # -- guests ------------------------------------------------------------------------------------------------

    async def join(self, name: QueueName, caller: Caller, code: str = "", table: str | None = None) -> str:
        """The table that the caller sits at then, or ''; a `table` of None leaves that as it is."""
        if caller.guest_id is None:
            raise MissingCredential
        queue = await self._queues.queue(name)
        if code:
            await self._check(name, caller, code)
        guest = caller.role_on(name) not in HELPERS
        admitted = bool(code) or queue.settings.join == "open" or not guest
        seated = await self._store.join(name, Seat(caller.guest_id, guest, table, admitted))
        if isinstance(seated, NotSeated):
            raise _refusal(name, seated)
        return seated

    async def _check(self, name: QueueName, caller: Caller, code: str) -> None:
        known = await self._store.known_code(name)
        right = known is not None and known.is_it(code, self._clock.now_ms())
        await self._limit.guess("join", caller, name, right=right)
        if not right:
            raise WrongJoinCode(queue=name)

    # -- who lets them in --------------------------------------------------------------------------------------

    async def joining(self, name: QueueName, *, anew: bool = False) -> Joining:
        """`anew`: with another code; the one from before is good no more, and who has joined stays."""
        queue = await self._queues.queue(name)
        code = await self._code(name, anew=anew)
        return Joining(name, queue.settings.join, code, await self._store.tables(name))

    async def code_for(self, name: QueueName, caller: Caller) -> JoinCode | None:
        """What the link of the QR code that this caller is shown carries; for guests nothing is looked up."""
        if caller.role_on(name) not in SHOWS:
            return None
        return (await self.joining(name)).code_in_link

    async def _code(self, name: QueueName, *, anew: bool = False) -> JoinCode:
        now_ms = self._clock.now_ms()
        return await self._store.code(name, JoinCode.new(now_ms), now_ms, anew=anew)


def _refusal(name: QueueName, refused: NotSeated) -> ApiQueueError:
    match refused.why:
        case "ended":
            return SessionEnded(queue=name)
        case "code":
            return JoinCodeNeeded()
        case "waits":
            return TableCharged(waiting=int(refused.fact))
