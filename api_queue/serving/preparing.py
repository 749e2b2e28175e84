"""What the main process does itself before its workers start, and while it waits for them."""

from api_queue.errors import Unavailable
from api_queue.parts import Parts
from api_queue.settings import Settings
from api_queue.types import QueueName


async def prepare(settings: Settings) -> str | None:
    """Before the workers start: the queue to begin with, and the demo's tokens. The admin's one-time code, if due."""
    parts = Parts(settings)
    try:
        if settings.profile == "demo":
            await parts.tokens.add_demo_admin()
        else:
            await parts.tokens.refuse_demo_admin()
        if settings.queues_start and not await parts.queues.queues():
            await parts.queues.ensure(QueueName(settings.queues_start), settings.queues_start.capitalize())
        return None if settings.profile == "demo" or await parts.tokens.has_admin() else await parts.tokens.new_code()
    finally:
        await parts.close()


async def knows_music(settings: Settings) -> bool:
    """Whether the first tracks of the library can be queued."""
    parts = Parts(settings)
    try:
        return await parts.library.announced() is not None
    except Unavailable:
        return False
    finally:
        await parts.close()
