"""`/api/queues`: tasks and their items, for admins. Each address stands in the seed's form and with `/tasks` in it."""

from sanic import Blueprint, HTTPResponse, Request

from api_queue.drivers.clock import Clock
from api_queue.errors import UnknownTask, UnknownTaskItem
from api_queue.jobs import wire
from api_queue.jobs.models import Cleared, Task, TaskFilter, TaskId, TaskItemId
from api_queue.jobs.service import JobService
from api_queue.web.bodies import read_body, read_query
from api_queue.web.identity import Caller
from api_queue.web.operation import Operation
from api_queue.web.replies import reply

bp = Blueprint("jobs")


@bp.post("/api/queues/tasks")
@Operation(body=wire.NewTaskBody, status=201, also=(200,))
async def create(request: Request) -> HTTPResponse:
    """A new task; 200 with the one that is there, if a live task has its `key`."""
    jobs: JobService = request.app.ctx.jobs
    body = read_body(request, wire.NewTaskBody)
    task, is_new = await jobs.create(
        body.type, body.items, created_by=_who(request), meta=body.meta, key=body.key, concurrency=body.concurrency
    )
    return _brief(task, 201 if is_new else 200)


@bp.get("/api/queues")
@Operation(query=wire.TasksQuery)
async def show_page(request: Request) -> HTTPResponse:
    """Tasks, newest first, and how many there are. Those that items of others started are with their parents."""
    wanted = read_query(request, wire.TasksQuery).wanted()
    total, tasks = await _page(request, wanted)
    return reply(wire.tasks_json(total, tasks, wanted, _now_ms(request)))


@bp.get("/api/queues/tasks")
@Operation(query=wire.TasksQuery)
async def show_list(request: Request) -> HTTPResponse:
    """Tasks, newest first, as a bare list."""
    _, tasks = await _page(request, read_query(request, wire.TasksQuery).wanted())
    return reply([wire.task_json(task, _now_ms(request)) for task in tasks])


@bp.get("/api/queues/ongoing")
async def show_ongoing(request: Request) -> HTTPResponse:
    """The running tasks, each with the item that is being worked on."""
    jobs: JobService = request.app.ctx.jobs
    return reply(wire.ongoing_json(*await jobs.ongoing(), _now_ms(request)))


@bp.get("/api/queues/worker")
async def show_workers(request: Request) -> HTTPResponse:
    """The workers that live, what each of them does, and since when."""
    jobs: JobService = request.app.ctx.jobs
    return reply(wire.workers_json(await jobs.workers()))


@bp.post("/api/queues/tasks/clear")
@Operation(query=wire.ClearQuery)
async def clear(request: Request) -> HTTPResponse:
    """Cancels what is live, removes what has ended, or both; only what is older than so many seconds."""
    jobs: JobService = request.app.ctx.jobs
    query = read_query(request, wire.ClearQuery)
    before_ms = _now_ms(request) - query.older_than_seconds * 1000
    canceled = await jobs.cancel_all(before_ms) if query.scope != "history" else Cleared(0, 0)
    removed = await jobs.remove(before_ms + 1) if query.scope != "current" else Cleared(0, 0)
    return reply(wire.cleared_json(canceled, removed))


@bp.get("/api/queues/<task_id>", name="show")
@bp.get("/api/queues/tasks/<task_id>", name="show_of_tasks")
@Operation(query=wire.ItemsQuery)
async def show(request: Request, task_id: str) -> HTTPResponse:
    """One task with a page of its items, and the tasks that they started."""
    jobs: JobService = request.app.ctx.jobs
    query = read_query(request, wire.ItemsQuery)
    detail = await jobs.detail(_task_id(task_id), query.limit, query.offset, query.status)
    return reply(wire.detail_json(detail, _now_ms(request)))


@bp.post("/api/queues/<task_id>/cancel", name="cancel")
@Operation(status=202)
async def cancel(request: Request, task_id: str) -> HTTPResponse:
    """Ends a task and all below it. What waits never starts; what runs ends within two seconds."""
    jobs: JobService = request.app.ctx.jobs
    return _brief(await jobs.cancel(_task_id(task_id)), 202)


@bp.post("/api/queues/tasks/<task_id>/cancel", name="cancel_of_tasks")
async def cancel_of_tasks(request: Request, task_id: str) -> HTTPResponse:
    """As `/api/queues/{task_id}/cancel`, answered with 200 as the system behind the seed does."""
    jobs: JobService = request.app.ctx.jobs
    return _brief(await jobs.cancel(_task_id(task_id)))


@bp.post("/api/queues/<task_id>/retry", name="retry")
@bp.post("/api/queues/tasks/<task_id>/retry", name="retry_of_tasks")
@Operation(status=201)
async def retry(request: Request, task_id: str) -> HTTPResponse:
    """A new task with the items of this one that failed or were canceled; `retry_of` says whose they are."""
    jobs: JobService = request.app.ctx.jobs
    return _brief(await jobs.retry(_task_id(task_id), _who(request)), 201)


@bp.get("/api/queues/<task_id>/items/<item_id>", name="show_item")
@bp.get("/api/queues/tasks/<task_id>/items/<item_id>", name="show_item_of_tasks")
async def show_item(request: Request, task_id: str, item_id: str) -> HTTPResponse:
    """One item: what was asked, what came of it, and its log."""
    jobs: JobService = request.app.ctx.jobs
    number = wire.read_number(item_id)
    if number is None:
        raise UnknownTaskItem(task_id=task_id, item_id=item_id)
    return reply(wire.full_item_json(await jobs.item(_task_id(task_id), TaskItemId(number))))


async def _page(request: Request, wanted: TaskFilter) -> tuple[int, list[Task]]:
    jobs: JobService = request.app.ctx.jobs
    return await jobs.tasks(wanted)


def _brief(task: Task, status: int = 200) -> HTTPResponse:
    return reply(wire.task_brief(task), status)


def _task_id(text: str) -> TaskId:
    number = wire.read_number(text)
    if number is None:
        raise UnknownTask(task_id=text)
    return TaskId(number)


def _who(request: Request) -> str:
    """The id of the login token, which is not its value."""
    caller: Caller = request.ctx.caller
    return caller.grants[0].token_id if caller.grants else "system"


def _now_ms(request: Request) -> int:
    clock: Clock = request.app.ctx.clock
    return clock.now_ms()
