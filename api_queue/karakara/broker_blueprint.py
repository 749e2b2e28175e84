"""`/api/mqtt`: MQTT over websocket on the server's own port, as KaraKara's clients look for it."""

from sanic import Blueprint, Request, Sanic, Websocket

from api_queue.karakara.broker_lines import BrokerLines

bp = Blueprint("karakara_broker")


@bp.websocket("/api/mqtt", subprotocols=["mqtt"])  # type: ignore[untyped-decorator]  # Sanic does not say
async def broker(request: Request, line: Websocket) -> None:
    """The broker, to read: MQTT in binary frames, sub-protocol `mqtt`."""
    lines: BrokerLines = request.app.ctx.broker_lines
    await lines.carry(line, request.ctx.caller.address)


@bp.before_server_stop
async def end_lines(app: Sanic) -> None:  # type: ignore[type-arg]
    lines: BrokerLines = app.ctx.broker_lines
    lines.end()
