"""`/queue/X/songbook`: everything that the queue offers, to be printed and laid on the tables."""

import asyncio
from typing import Annotated

import msgspec
from msgspec import Meta
from sanic import Blueprint, HTTPResponse, Request

from api_queue.queues.names import queue_name
from api_queue.queues.service import QueueService
from api_queue.queues.songbook import sections
from api_queue.queues.songbook_page import CODES_MOST, Book, pieces
from api_queue.tracks.models import TagFilter
from api_queue.tracks.service import TrackService
from api_queue.types import QueueName
from api_queue.web.bodies import read_query
from api_queue.web.operation import Operation
from api_queue.web.public_address import public_base

bp = Blueprint("songbook")


class BookQuery(msgspec.Struct, frozen=True):
    """`qr=0`: without codes. `tag`: only tracks that have it, or with a `-` before it have it not."""

    qr: bool = True
    tag: Annotated[str, Meta(max_length=100)] = ""


@bp.get("/queue/<name>/songbook")
@Operation(query=BookQuery, media_type="text/html")
async def show_songbook(request: Request, name: str) -> None:
    """The song book: every track on offer by artist, each with a QR code that has it ready to add."""
    query, x = read_query(request, BookQuery), queue_name(name)
    book = await _book(request, x, query)
    answer = HTTPResponse(headers={"Cache-Control": "no-cache"}, content_type="text/html; charset=utf-8")
    response = await request.respond(answer)
    written = pieces(book) if request.method == "GET" else iter(())
    while piece := await asyncio.to_thread(next, written, ""):
        await response.send(piece)


async def _book(request: Request, name: QueueName, query: BookQuery) -> Book:
    queues: QueueService = request.app.ctx.queues
    tracks: TrackService = request.app.ctx.tracks
    title = (await queues.queue(name)).settings.title or name
    offered = await tracks.offered(name, TagFilter.of(forced_tags=[query.tag] if query.tag else []))
    ordered = await asyncio.to_thread(sections, offered)
    return Book(name, title, public_base(request), ordered, query.qr and len(offered) <= CODES_MOST, query.tag)
