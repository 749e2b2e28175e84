"""`/api/v1/queues`: messages for programs, as PyQueue Server has them."""

import asyncio
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote

from sanic import Blueprint, HTTPResponse, Request, Sanic

from api_queue.formats.iso_times import iso
from api_queue.messages import wire
from api_queue.messages.names import message_id, message_queue_name
from api_queue.messages.service import MessageService
from api_queue.types import MessageId, MessageQueueName, Receipt, Right
from api_queue.web.bodies import read_query, read_raw
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.programs import ALL_QUEUES, RIGHTS
from api_queue.web.replies import reply

_DELETED: Final = wire.done_json("Message deleted")
_UPDATED: Final = wire.done_json("Message updated")
_CLEARED: Final = wire.done_json("Queue cleared")
_QUEUE: Final = "/<queue:str>"

bp = Blueprint("messages", url_prefix="/api/v1/queues")


@bp.get("")
async def queues(request: Request) -> HTTPResponse:
    """The queues of messages that the key may use, with their counts."""
    service = _service(request)
    program = _caller(request).program
    names = sorted({*await service.queues(), *_named(program.queues)})
    mine = [name for name in names if program.rights_on(name)]
    infos = await asyncio.gather(*map(service.info, mine))
    rights = [[right for right in RIGHTS if right in program.rights_on(name)] for name in mine]
    return reply(wire.queues_json(zip(mine, infos, rights, strict=True), program.description))


# -- sending ---------------------------------------------------------------------------------------------------


@bp.post(f"{_QUEUE}/messages", stream=True)
@Operation(body=wire.NewMessage)
async def send(request: Request, queue: str) -> HTTPResponse:
    """Put a message at the end."""
    name = _may(request, queue, "write")
    (sent,) = await _service(request).send(name, read_raw(request, wire.NewMessage).draft())
    return reply(wire.sent_json(sent))


@bp.post(f"{_QUEUE}/messages/batch", stream=True)
@Operation(body=wire.Batch)
async def send_batch(request: Request, queue: str) -> HTTPResponse:
    """Put up to ten messages at the end: all of them or none."""
    name = _may(request, queue, "write")
    drafts = [each.draft() for each in read_raw(request, wire.Batch).messages]
    return reply(wire.batch_json(await _service(request).send(name, *drafts)))


@bp.put(f"{_QUEUE}/messages/by-id/<message_id:str>", stream=True)
@Operation(body=wire.MessageContent)
async def update(request: Request, queue: str, message_id: str) -> HTTPResponse:
    """Give a message another body. Its place, and who holds it, stay."""
    name = _may(request, queue, "write")
    content = read_raw(request, wire.MessageContent)
    await _service(request).update(name, _id(message_id), content.body(), content.sent_at())
    return reply(_UPDATED)


# -- receiving -------------------------------------------------------------------------------------------------


@bp.post(f"{_QUEUE}/messages/receive")
@Operation(query=wire.ReceiveQuery, waits=True)
async def receive(request: Request, queue: str) -> HTTPResponse:
    """Take the first messages: nobody else gets them for `visibility_timeout` seconds. Delete what is done."""
    name = _may(request, queue, "read")
    query = read_query(request, wire.ReceiveQuery)
    messages = await _service(request).receive(name, query.wish(), query.wait_time)
    return reply(wire.received_json(messages, query, _now_ms(request)))


@bp.delete(f"{_QUEUE}/messages/<receipt_handle:str>")
async def delete(request: Request, queue: str, receipt_handle: str) -> HTTPResponse:
    """Delete a message by the receipt of whoever received it last."""
    await _service(request).delete(_may(request, queue, "delete"), Receipt(unquote(receipt_handle)))
    return reply(_DELETED)


@bp.post(f"{_QUEUE}/messages/<receipt_handle:str>/visibility")
@Operation(body=wire.Visibility)
async def extend(request: Request, queue: str, receipt_handle: str) -> HTTPResponse:
    """Hold a message for longer, or give it back."""
    name, wanted = _may(request, queue, "read"), read_raw(request, wire.Visibility)
    until_ms = await _service(request).extend(name, Receipt(unquote(receipt_handle)), wanted.visibility_timeout)
    return reply(wire.done_json("Visibility changed", visibility_timeout=iso(until_ms)))


@bp.delete(f"{_QUEUE}/messages/by-id/<message_id:str>")
async def delete_by_id(request: Request, queue: str, message_id: str) -> HTTPResponse:
    """Delete a message, whoever holds it."""
    await _service(request).delete_by_id(_may(request, queue, "delete"), _id(message_id))
    return reply(_DELETED)


# -- looking ---------------------------------------------------------------------------------------------------


@bp.get(f"{_QUEUE}/messages")
@Operation(query=wire.PageQuery)
async def look(request: Request, queue: str) -> HTTPResponse:
    """The messages that can be had, in their order. Looking takes none of them."""
    name, query = _may(request, queue, "read"), read_query(request, wire.PageQuery)
    page = await _service(request).look(name, query.offset, query.most)
    return reply(wire.page_json(page, query, _now_ms(request)))


@bp.get(f"{_QUEUE}/message/<message_id:str>")
async def message(request: Request, queue: str, message_id: str) -> HTTPResponse:
    """One message, whoever holds it."""
    found = await _service(request).message(_may(request, queue, "read"), _id(message_id))
    return reply(wire.message_json(found, _now_ms(request)))


@bp.post(f"{_QUEUE}/messages/check-existence")
@Operation(body=wire.MessageIds)
async def check_existence(request: Request, queue: str) -> HTTPResponse:
    """Which of these ids are there, in the order of the question."""
    name, asked = _may(request, queue, "read"), read_raw(request, wire.MessageIds)
    existing = await _service(request).existing(name, [message_id(each) for each in asked.message_ids])
    return reply({"existing_ids": existing})


@bp.get(f"{_QUEUE}/info")
async def info(request: Request, queue: str) -> HTTPResponse:
    """How many messages there are, and how large they are."""
    name = _may(request, queue, "read")
    return reply(wire.info_json(name, await _service(request).info(name)))


@bp.get(f"{_QUEUE}/health")
async def health(request: Request, queue: str) -> HTTPResponse:
    """Whether the queue answers."""
    name = _may(request, queue, "read")
    await _service(request).info(name)
    return reply(wire.health_json(name, _now_ms(request)))


# -- the queue as a whole --------------------------------------------------------------------------------------


@bp.delete(f"{_QUEUE}/messages")
async def clear(request: Request, queue: str) -> HTTPResponse:
    """Delete all messages, also those that somebody holds. The dead letters stay."""
    await _service(request).clear(_may(request, queue, "manage"))
    return reply(_CLEARED)


@bp.get(f"{_QUEUE}/dead-letters")
@Operation(query=wire.PageQuery)
async def dead_letters(request: Request, queue: str) -> HTTPResponse:
    """What was received too often and never deleted, with the reason; also a queue of its own, `{queue}.dead`."""
    name, query = _may(request, queue, "read"), read_query(request, wire.PageQuery)
    page = await _service(request).dead_letters(name, query.offset, query.most)
    return reply(wire.page_json(page, query, _now_ms(request)))


@bp.post(f"{_QUEUE}/redrive")
@Operation(query=wire.RedriveQuery)
async def redrive(request: Request, queue: str) -> HTTPResponse:
    """Bring dead letters back to the end of their queue, as if nobody had received them."""
    name, query = _may(request, queue, "manage"), read_query(request, wire.RedriveQuery)
    count = await _service(request).redrive(name, query.max_messages)
    return reply(wire.done_json("Dead letters are back", count=count))


@bp.before_server_stop
async def end_waits(app: Sanic) -> None:  # type: ignore[type-arg]
    service: MessageService = app.ctx.messages
    service.close()


def _service(request: Request) -> MessageService:
    service: MessageService = request.app.ctx.messages
    return service


def _caller(request: Request) -> Caller:
    caller: Caller = request.ctx.caller
    return caller


def _may(request: Request, queue: str, right: Right) -> MessageQueueName:
    """The queue's name, if it is one and the caller has the right there."""
    name = message_queue_name(unquote(queue))
    _caller(request).program.demand(name, right)
    return name


def _named(queues: Mapping[str, object]) -> list[MessageQueueName]:
    """Those that a key names are there before anybody has sent to them."""
    return [MessageQueueName(queue) for queue in queues if queue != ALL_QUEUES]


def _id(text: str) -> MessageId:
    return message_id(unquote(text))


def _now_ms(request: Request) -> int:
    now_ms: int = request.app.ctx.clock.now_ms()
    return now_ms
