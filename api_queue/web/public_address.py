"""How this server is called by others than the one who asks."""

from sanic import Request

from api_queue.settings import Settings


def public_base(request: Request) -> str:
    """The setting `public_url`, or as the caller has reached it; without a slash at the end."""
    settings: Settings = request.app.ctx.settings
    return settings.public_url.rstrip("/") or f"{request.scheme}://{request.host}"
