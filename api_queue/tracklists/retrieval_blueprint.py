"""`/tracklist`: lists of the site, by their address; and lists of the site that become drafts of ours."""

import time
import uuid

from sanic import Blueprint, HTTPResponse, Request

from api_queue.tracklists import retrieval_wire as wire
from api_queue.tracklists.fetch_orders import FetchItem, FetchOrders
from api_queue.tracklists.retrieval import RetrievalService
from api_queue.tracklists.revisions import who
from api_queue.tracklists.site_import import SiteImport
from api_queue.tracklists.wire import etag
from api_queue.web.bodies import read_body, read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

bp = Blueprint("tracklist_retrieval", url_prefix="/api/v1")


@bp.post("/tracklist")
@Operation(body=wire.FetchBody, query=wire.HowQuery, also=(202,), refuses=(404,))
async def fetch(request: Request) -> HTTPResponse:
    """The list of a page. A refusal of the site is an answer too (`success` is false); `async_processing` orders it."""
    began_s, body = time.perf_counter(), read_body(request, wire.FetchBody)
    retrieval: RetrievalService = request.app.ctx.retrieval
    if read_query(request, wire.HowQuery).async_processing:
        url = await retrieval.address_of(body.url, body.tracklist_id)
        return await _order(request, body.item(url, who(request)), body.correlation_id, began_s)
    found = await retrieval.look(body.url, body.tracklist_id, force_refresh=body.force_refresh, by=who(request))
    correlation_id = body.correlation_id or f"{uuid.uuid4()}"
    transitions = body.include_transitions
    return reply(wire.answer_json(found, correlation_id, _since_ms(began_s), transitions=transitions))


@bp.get("/tracklist/status/<correlation_id>", name="status")
@bp.get("/tracklists/import/status/<correlation_id>", name="status_of_import")
async def status(request: Request, correlation_id: str) -> HTTPResponse:
    """What became of a list that was ordered, and the list once it is there."""
    orders: FetchOrders = request.app.ctx.fetch_orders
    return reply(wire.order_json(await orders.order(correlation_id)))


@bp.delete("/tracklist/cache")
@Operation(query=wire.CacheQuery)
async def clear_page(request: Request) -> HTTPResponse:
    """Forgets the page of an address, or without one all that was fetched, searches too."""
    retrieval: RetrievalService = request.app.ctx.retrieval
    return reply(wire.cleared_json(await retrieval.forget(read_query(request, wire.CacheQuery).url)))


@bp.post("/tracklists/import/1001tracklists")
@Operation(body=wire.SiteImportBody, query=wire.HowQuery, status=201, also=(202,), refuses=(404,))
async def import_page(request: Request) -> HTTPResponse:
    """A draft of the list of a page; 202 with an order where `async_processing` asks for one."""
    began_s, body = time.perf_counter(), read_body(request, wire.SiteImportBody)
    if read_query(request, wire.HowQuery).async_processing:
        return await _order(request, body.item(who(request)), body.correlation_id, began_s)
    imports: SiteImport = request.app.ctx.site_import
    draft = await imports.from_site(body.url, body.target(who(request)), force_refresh=body.force_refresh)
    return reply(wire.imported_json(draft), 201, etag(draft))


async def _order(request: Request, item: FetchItem, correlation_id: str | None, began_s: float) -> HTTPResponse:
    orders: FetchOrders = request.app.ctx.fetch_orders
    order = await orders.place(item, correlation_id)
    return reply(wire.ordered_json(order, _since_ms(began_s)), 202)


def _since_ms(began_s: float) -> float:
    return (time.perf_counter() - began_s) * 1000
