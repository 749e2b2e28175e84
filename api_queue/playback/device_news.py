"""What listeners of a queue are told of its devices."""

from api_queue.playback.device_wire import device_json
from api_queue.playback.devices import DeviceView
from api_queue.queues.service import QueueService


class DeviceNews:
    """devices.News."""

    def __init__(self, queues: QueueService) -> None:
        self._queues = queues

    async def changed(self, view: DeviceView, *, removed: bool = False) -> None:
        said = device_json(view) | ({"removed": True} if removed else {})
        await self._queues.tell(view.device.queue, "device_change", {"device": said})
