"""`/cue`: sheets are made and judged, and what the formats are. Stored files are in `cue_file_blueprint.py`."""

from collections.abc import Sequence

from sanic import Blueprint, HTTPResponse, Request

from api_queue.drivers.clock import Clock
from api_queue.formats.cue import conversion
from api_queue.formats.cue.reading import SHEET_MAX_BYTES
from api_queue.formats.cue.variants import VARIANTS, variant_of
from api_queue.tracklists import cue_wire as wire
from api_queue.tracklists.cue_bodies import (
    AsyncQuery,
    ConversionQuery,
    GenerateBatchBody,
    GenerateBody,
    OfList,
    ValidateBody,
    WarmBody,
)
from api_queue.tracklists.cue_service import CueService
from api_queue.tracklists.cue_tasks import CueJobs
from api_queue.tracklists.revisions import who
from api_queue.web.bodies import read_body, read_query
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

#: A sheet that is a little too large is told so as a finding.
SHEET_BODY_BYTES = 2 * SHEET_MAX_BYTES
#: A list of as many rows as may be.
LIST_BODY_BYTES = 1024 * 1024

bp = Blueprint("cue", url_prefix="/api/v1")


# -- making ----------------------------------------------------------------------------------------------------


@bp.post("/cue/generate", stream=True)
@Operation(body=GenerateBody, query=AsyncQuery, most_bytes=LIST_BODY_BYTES, refuses=(400, 404))
async def generate(request: Request) -> HTTPResponse:
    """A CUE sheet of a tracklist: of a page's, a stored one, or one that comes along. 202: a task makes it."""
    return await _generated(request, read_body(request, GenerateBody))


@bp.post("/cue/generate/batch", stream=True)
@Operation(body=GenerateBatchBody, query=AsyncQuery, most_bytes=LIST_BODY_BYTES, refuses=(400, 404))
async def generate_batch(request: Request) -> HTTPResponse:
    """One sheet for each of `formats`, or why there is none. 202: a task makes them."""
    body = read_body(request, GenerateBatchBody)
    if read_query(request, AsyncQuery).async_processing:
        return await _started(request, body.each())
    began_ms = _now_ms(request)
    made = await _service(request).generate_all(body.sourced(), body.variants(), who(request))
    return reply(wire.batch_json(made, _now_ms(request) - began_ms))


@bp.post("/cue/generate/<tracklist_id>", name="generate_of")
@bp.post("/tracklists/<tracklist_id>/generate-cue", name="generate_of_tracklist")
@Operation(body=OfList, query=AsyncQuery, refuses=(400,))
async def generate_of(request: Request, tracklist_id: str) -> HTTPResponse:
    """A CUE sheet of a stored tracklist. 202: a task makes it."""
    return await _generated(request, read_body(request, OfList).of(tracklist_id))


@bp.get("/cue/jobs/<job_id>/status")
async def job(request: Request, job_id: str) -> HTTPResponse:
    """What became of a task that makes sheets."""
    return reply(wire.job_json(await _jobs(request).job(job_id)))


@bp.post("/cue/cache/warm")
@Operation(body=WarmBody, status=202)
async def warm(request: Request) -> HTTPResponse:
    """A task makes those files that are not of their tracklist as it is now."""
    return await _started(request, read_body(request, WarmBody).each(), only_stale=True)


async def _generated(request: Request, body: GenerateBody) -> HTTPResponse:
    if read_query(request, AsyncQuery).async_processing:
        return await _started(request, [body])
    began_ms = _now_ms(request)
    made = await _service(request).generate(body.sourced(), body.variant(), who(request))
    return reply(wire.generated_json(made, _now_ms(request) - began_ms))


async def _started(request: Request, bodies: Sequence[GenerateBody], *, only_stale: bool = False) -> HTTPResponse:
    task = await _jobs(request).start(bodies, who(request), only_stale=only_stale)
    return reply(wire.started_json(task), 202)


# -- text and formats ------------------------------------------------------------------------------------------


@bp.post("/cue/validate", stream=True)
@Operation(body=ValidateBody, most_bytes=SHEET_BODY_BYTES)
async def validate(request: Request) -> HTTPResponse:
    """All that is wrong with a sheet: as `cue_content`, or the file itself as the body, in whichever encoding."""
    return reply(wire.judgement_json(await _service(request).judge(_sheet(request))))


@bp.get("/cue/formats")
async def formats(_request: Request) -> HTTPResponse:
    """The names of the formats."""
    return reply(list(VARIANTS))


@bp.get("/cue/formats/conversion-preview")
@Operation(query=ConversionQuery, refuses=(400,))
async def preview(request: Request) -> HTTPResponse:
    """What a sheet that has all of one format loses in another."""
    asked = read_query(request, ConversionQuery)
    return reply(conversion.preview(variant_of(asked.source_format), variant_of(asked.target_format)))


@bp.get("/cue/formats/<format_name>/capabilities")
@Operation(refuses=(400,))
async def capabilities(_request: Request, format_name: str) -> HTTPResponse:
    """What a format holds."""
    return reply(wire.capabilities_json(variant_of(format_name)))


def _sheet(request: Request) -> bytes:
    """No sheet begins with a brace."""
    if request.body.lstrip()[:1] == b"{":
        return read_body(request, ValidateBody).cue_content.encode()
    return request.body


def _service(request: Request) -> CueService:
    service: CueService = request.app.ctx.cue
    return service


def _jobs(request: Request) -> CueJobs:
    jobs: CueJobs = request.app.ctx.cue_jobs
    return jobs


def _now_ms(request: Request) -> int:
    clock: Clock = request.app.ctx.clock
    return clock.now_ms()
