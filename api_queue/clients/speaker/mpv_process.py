"""mpv as it is started."""

import asyncio
import os
from asyncio import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from api_queue.errors import StartRefused

#: mpv asks nothing of anybody, reads no settings of its user's and plays nothing unless it is told to.
_OPTIONS: Final = (
    *("--no-config", "--no-terminal", "--load-scripts=no", "--ytdl=no", "--osc=no", "--input-default-bindings=no"),
    *("--idle=yes", "--pause", "--volume=0", "--vid=no", "--replaygain=track", "--hr-seek=yes"),
    *("--audio-pitch-correction=no", "--gapless-audio=no", "--audio-client-name=api_queue"),
    *("--cache=yes", "--demuxer-max-bytes=128MiB", "--network-timeout=10", "--tls-verify=yes"),
)
_SWITCH: Final = Path(__file__).with_name("switch.lua")


async def started(output: str, watched_at: Path | None, descriptor: int) -> subprocess.Process:
    """`output`: null, auto, or a device as mpv names it. Raises StartRefused where there is no mpv."""
    try:
        return await asyncio.create_subprocess_exec(
            "mpv",
            *_OPTIONS,
            *_chosen(output, watched_at),
            f"--script={_SWITCH}",
            f"--input-ipc-client=fd://{descriptor}",
            pass_fds=(descriptor,),
            env={name: value for name, value in os.environ.items() if name != "API_QUEUE_TOKEN"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us, who fade out first
        )
    except FileNotFoundError:
        raise StartRefused(
            reason="The speaker plays with mpv: install the package `mpv`, and start it again."
        ) from None


def _chosen(output: str, watched_at: Path | None) -> Iterator[str]:
    yield from {"null": ["--ao=null"], "auto": []}.get(output, [f"--audio-device={output}"])
    if watched_at:
        yield f"--input-ipc-server={watched_at}"
    if trusted := os.environ.get("SSL_CERT_FILE"):
        yield f"--tls-ca-file={trusted}"
