"""The task `tracklists.cue`: one CUE file for each of its items."""

from collections.abc import Sequence
from typing import Final

from msgspec.structs import asdict

from api_queue.errors import UnknownCueJob, UnknownTask
from api_queue.jobs.models import Detail, Json, Task, TaskId
from api_queue.jobs.service import JobService
from api_queue.jobs.task_types import TaskType, Work
from api_queue.jobs.wire import read_number
from api_queue.tracklists.cue_bodies import GenerateBody
from api_queue.tracklists.cue_service import CueService
from api_queue.tracklists.cue_wire import result_json

TYPE: Final = "tracklists.cue"
#: Items of a job that are shown: more than a request can order.
_ITEMS_MOST: Final = 1000


class CueItem(GenerateBody, kw_only=True):
    """`only_stale`: nothing is made where the newest file is of the list as it is. `created_by` is whose it is."""

    only_stale: bool = False
    created_by: str = ""


class CueTask:
    def __init__(self, cue: CueService) -> None:
        self._cue = cue

    def type(self) -> TaskType[CueItem]:
        return TaskType(name=TYPE, payload=CueItem, run=self.run, check=_check)

    async def run(self, item: CueItem, work: Work) -> Json:
        """Which file it became; for one that was not to be kept, nothing is."""
        order, variant = item.sourced(), item.variant()
        if item.only_stale and variant and (file := await self._cue.current(order, variant)):
            work.log(f"{file.filename} is of the list as it is")
            return result_json(file)
        made = await self._cue.generate(order, variant, item.created_by)
        for note in made.file.making.notes:
            work.log(note)
        return result_json(made.file, made.report)


class CueJobs:
    """Tasks of this type, as those who order files see them."""

    def __init__(self, jobs: JobService) -> None:
        self._jobs = jobs

    async def start(self, bodies: Sequence[GenerateBody], created_by: str, *, only_stale: bool = False) -> Task:
        """Raises BadTaskItem, UnknownCueFormat, DuplicatePositions."""
        items = [CueItem(**asdict(body), only_stale=only_stale, created_by=created_by) for body in bodies]
        task, _ = await self._jobs.create(TYPE, items, created_by=created_by)
        return task

    async def job(self, job_id: str) -> Detail:
        """Raises UnknownCueJob, also for tasks of another type."""
        try:
            detail = await self._jobs.detail(_number(job_id), _ITEMS_MOST)
        except UnknownTask:
            raise UnknownCueJob(job_id=job_id) from None
        if detail.task.type != TYPE:
            raise UnknownCueJob(job_id=job_id)
        return detail


def _number(job_id: str) -> TaskId:
    number = read_number(job_id)
    if number is None:
        raise UnknownCueJob(job_id=job_id)
    return TaskId(number)


def _check(item: CueItem) -> None:
    """Raises UnknownCueFormat, DuplicatePositions."""
    item.variant()
    item.sourced()
