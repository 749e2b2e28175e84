"""What the operator sees when everything runs."""

import os
import sys
from io import StringIO
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import segno

from api_queue.logs import LINE_ANEW
from api_queue.serving.addresses import authority, name_for_others
from api_queue.settings import Settings
from api_queue.tracks.walk import music_roots

_MQTT_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


def show(settings: Settings, admin_code: str | None, resumed: str = "") -> None:
    """`admin_code` is a secret: it goes to a terminal, or to a file that only its owner reads, and to no log. `resumed`
    says what was there before.
    """
    guests = f"{settings.public_url}/queue/{settings.queues_start}/" if settings.queues_start else settings.public_url
    is_terminal = sys.stdout.isatty()
    lines = [
        f"Guests:  {guests}",
        f"Admin:   {_admin(settings, admin_code, shown=is_terminal)}",
        f"Music:   {_music(settings)}",
        f"Next:    {_next(settings)}",
        ready_line(settings),  # for programs that wait for it
    ]
    if resumed:
        lines.insert(0, f"Resumed: {resumed}")
    if is_terminal:
        lines.insert(0, f"{LINE_ANEW}{_qr_code(guests)}")
    # In one piece: else the progress line of the scan, which has a thread of its own, would stand amid the code.
    print("\n".join(lines), flush=True)  # noqa: T201


def _qr_code(address: str) -> str:
    drawn = StringIO()
    segno.make(address, error="m").terminal(drawn, compact=True)
    return drawn.getvalue().rstrip("\n")


def ready_line(settings: Settings) -> str:
    """`ready: http://HOST:PORT mqtt://HOST:PORT ws://HOST:PORT`: the real ports, and no credentials."""
    host = name_for_others(settings.host)
    mqtt, websocket = _broker(settings, host)
    return f"ready: http://{authority(host, settings.port)} {mqtt} {websocket}".rstrip()


def _broker(settings: Settings, host: str) -> tuple[str, str]:
    if not settings.mqtt_url:
        return f"mqtt://{authority(host, settings.mqtt_port)}", f"ws://{authority(host, settings.mqtt_ws_port)}"
    url = urlsplit(settings.mqtt_url)
    port = url.port or _MQTT_PORTS.get(url.scheme, 1883)
    return f"{url.scheme}://{authority(url.hostname or host, port)}", settings.mqtt_public_url


def _admin(settings: Settings, code: str | None, *, shown: bool) -> str:
    if settings.profile == "demo":
        return f"{settings.public_url}/login, with the token admin"
    if code is None:
        return f"{settings.public_url}/login, with your token (lost it: python -m api_queue token create --role admin)"
    link = f"{settings.public_url}/login#code={code}"
    return f"{link} (good once)" if shown else f"the link is in {_keep(settings.data / 'admin-link', link)}"


def _keep(path: Path, link: str) -> Path:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{link}\n")
    return path


def _music(settings: Settings) -> str:
    roots = music_roots(settings.library_roots)
    if set(roots) & {root.resolve() for root in settings.library_roots}:
        return ", ".join(map(str, roots))
    away = f", since there is no {' and no '.join(map(str, settings.library_roots))}" if settings.library_roots else ""
    return f"the ten demo songs{away}; serve --music DIR takes yours"


def _next(settings: Settings) -> str:
    if not settings.queues_start:
        return "make a queue on the landing page."
    page = f"{settings.public_url}/queue/{settings.queues_start}"
    return f"open {page}/player where the loudspeakers are, and {page}/display on a screen."
