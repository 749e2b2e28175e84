"""A function in a process of its own: `python -m api_queue.jobs.process MODULE FUNCTION PARENT` answers one call.

Its argument comes as JSON on stdin, its answer goes as JSON to stdout. Not `multiprocessing`: a managed worker of the
server may not have children of that kind.
"""

import asyncio
import importlib
import os
import signal
import sys
from asyncio.subprocess import PIPE
from collections.abc import Callable
from typing import Any

import msgspec

from api_queue.drivers.parent_death import die_with_parent
from api_queue.jobs.models import Json


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    value: Json = None
    error: str = ""


async def call(function: Callable[[Any], Json], argument: Json) -> Json:
    """Cancelled, it kills the process and waits for its end. Raises ChildProcessError with what the function raised."""
    command = (sys.executable, "-m", __name__, function.__module__, function.__qualname__, str(os.getpid()))
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    try:
        said, _ = await process.communicate(msgspec.json.encode(argument))
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if not said:
        raise ChildProcessError(f"it ended with status {process.returncode}")
    answer = msgspec.json.decode(said, type=Answer)
    if answer.error:
        raise ChildProcessError(answer.error)
    return answer.value


def main(module: str, name: str, parent: str) -> None:
    die_with_parent(int(parent), signal.SIGKILL)
    answer = _answer(getattr(importlib.import_module(module), name), sys.stdin.buffer.read())
    sys.stdout.buffer.write(msgspec.json.encode(answer))


def _answer(function: Callable[[Any], Json], argument: bytes) -> Answer:
    try:
        return Answer(function(msgspec.json.decode(argument)))
    except Exception as error:  # it is the caller's to judge
        return Answer(error=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main(*sys.argv[1:])
