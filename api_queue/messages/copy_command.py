"""What `messages copy` does, and what it shows meanwhile."""

from collections.abc import Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from api_queue.errors import StartRefused
from api_queue.messages.copying import copy, count
from api_queue.messages.models import Store
from api_queue.messages.names import living, message_queue_name
from api_queue.types import MessageQueueName


async def copy_messages(source: Store, target: Store, queue: str | None, queues_max: int, now_ms: int) -> str:
    """One queue, or all that are listed. The sentence at the end."""
    if source is target:
        raise StartRefused(reason="Messages are copied from one storage to another: --from and --to are the same.")
    queues = [living(message_queue_name(queue))] if queue else await source.queues()
    total = {queue: await count(source, queue, now_ms) for queue in queues}
    with _progress() as progress:
        bars = {queue: progress.add_task(queue, total=total[queue]) for queue in queues}
        await copy(source, target, queues, queues_max, now_ms, lambda name, more: progress.advance(bars[name], more))
    return _sentence(queues, sum(total.values()))


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, console=Console(stderr=True))


def _sentence(queues: Sequence[MessageQueueName], messages: int) -> str:
    return f"Copied {messages} messages of {len(queues)} queues. Those that were there already stayed as they were."
