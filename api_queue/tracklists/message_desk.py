"""Requests that programs put on a queue of messages, answered on another: searches, and lists by their address."""

import asyncio
import time
import uuid
from typing import Any, Final, TypeVar

import msgspec
import structlog

from api_queue.errors import ApiQueueError, BadBody, MessageTooLarge, ReceiptVoid, SiteBusy, Unavailable
from api_queue.messages.models import Draft, Message, Wish
from api_queue.messages.service import MessageService
from api_queue.tracklists.retrieval import RetrievalService
from api_queue.tracklists.retrieval_wire import FetchBody, answer_json, error_json
from api_queue.tracklists.search_service import SearchService
from api_queue.tracklists.search_wire import SearchQuery, results_json
from api_queue.types import MessageQueueName, Receipt

REQUESTS: Final = MessageQueueName("tracklist_search_queue")
RESULTS: Final = MessageQueueName("tracklist.result")
#: Longer than any answer takes; after it another worker has the request.
_HIDDEN_S: Final = 180
_WAIT_S: Final = 20.0
#: Before it is tried again while the messages are away.
_RETRY_S: Final = 2.0
#: Whose requests they are for the site: all programs together are one caller.
_BY: Final = "programs"
_log = structlog.get_logger()
T = TypeVar("T")


class _Named(msgspec.Struct):
    correlation_id: str | None = None


class MessageDesk:
    def __init__(self, messages: MessageService, search: SearchService, retrieval: RetrievalService) -> None:
        self._messages = messages
        self._search = search
        self._retrieval = retrieval

    async def run(self) -> None:
        while True:
            try:
                await self.serve(_WAIT_S)
            except Unavailable:
                await asyncio.sleep(_RETRY_S)
            except Exception:
                _log.exception("a request for a tracklist could not be answered")
                await asyncio.sleep(_RETRY_S)

    async def serve(self, wait_s: float = 0) -> int:
        """What is there, one request after another, since the site is asked so too. How many were answered."""
        requests = await self._messages.receive(REQUESTS, Wish(most=1, visibility_s=_HIDDEN_S), wait_s)
        return sum([await self._answer(request) for request in requests])

    async def _answer(self, request: Message) -> bool:
        """The answer first: a crash in between sends it twice, and loses none. Who is too late finds it done."""
        try:
            said = await self._said(request)
        except SiteBusy:  # it becomes visible again, and is tried as often as the messages' own limit says
            return False
        try:
            await self._send(said, request)
        except MessageTooLarge as error:
            await self._send(_refused(error, request.body), request)
        try:
            await self._messages.delete(REQUESTS, Receipt(f"{request.receipt}"))
        except ReceiptVoid:
            _log.warning("a request for a tracklist was answered by another worker as well", request=request.id)
        return True

    async def _send(self, said: dict[str, Any], request: Message) -> None:
        body = msgspec.json.encode({**said, "request_id": request.id}).decode()
        await self._messages.send(RESULTS, Draft(body))

    async def _said(self, request: Message) -> dict[str, Any]:
        try:
            return await self._looked_up(request.body)
        except SiteBusy:
            raise
        except ApiQueueError as error:
            return _refused(error, request.body)

    async def _looked_up(self, body: str) -> dict[str, Any]:
        """A request with an address is for its list, any other a search."""
        began_s, fields = time.perf_counter(), _fields(body)
        if {"url", "tracklist_id"} & set(fields):
            return await self._fetched(_read(fields, FetchBody), began_s)
        asked = _read(fields, SearchQuery)
        results = await self._search.search(asked.wanted(), asked.page, asked.limit, _BY)
        correlation_id = asked.correlation_id or f"{uuid.uuid4()}"
        return {"success": True, **results_json(asked.wanted(), asked, results, correlation_id, _since_ms(began_s))}

    async def _fetched(self, asked: FetchBody, began_s: float) -> dict[str, Any]:
        found = await self._retrieval.look(asked.url, asked.tracklist_id, force_refresh=asked.force_refresh, by=_BY)
        if isinstance(found.error, SiteBusy):
            raise found.error
        correlation_id = asked.correlation_id or f"{uuid.uuid4()}"
        return answer_json(found, correlation_id, _since_ms(began_s), transitions=asked.include_transitions)


def _fields(body: str) -> dict[str, Any]:
    """Raises BadBody."""
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadBody(reason=f"{error}.") from None


def _refused(error: ApiQueueError, body: str) -> dict[str, Any]:
    return {"success": False, "error": error_json(error), "correlation_id": _correlation_id(body)}


def _read(fields: Any, shape: type[T]) -> T:
    """Raises BadBody."""
    try:
        return msgspec.convert(fields, shape, strict=False)
    except msgspec.ValidationError as error:
        raise BadBody(reason=f"{error}.") from None


def _correlation_id(body: str) -> str | None:
    try:
        return msgspec.json.decode(body, type=_Named).correlation_id
    except (msgspec.DecodeError, RecursionError):
        return None


def _since_ms(began_s: float) -> float:
    return (time.perf_counter() - began_s) * 1000
