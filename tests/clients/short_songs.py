"""A house whose songs are short, so that many of them end in a test."""

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.house import House, a_house, furnish
from tests.tools import needs


@asynccontextmanager
async def a_house_of_songs(
    redis_url: str, folder: Path, count: int, seconds: float, **settings: Any
) -> AsyncIterator[House]:
    music, bare = folder / "music", folder / "bare"
    make_songs(music, count, seconds)
    bare.mkdir()
    await furnish(redis_url, bare, library_roots=(music,))
    async with a_house(redis_url, bare, folder / "data", library_roots=(music,), **settings) as house:
        yield house


def make_songs(folder: Path, count: int, seconds: float) -> None:
    """`folder/song-00.flac` and on, of noise: some 13 kB a second that differ from song to song."""
    folder.mkdir()
    words: list[str] = []
    for number in range(count):
        words += ["-f", "lavfi", "-i", f"anoisesrc=d={seconds}:r=8000:seed={number + 1}:a=0.1"]
    for number in range(count):
        path, title = folder / f"song-{number:02}.flac", f"title=Song {number:02}"
        words += ["-map", f"{number}", "-metadata", title, "-sample_fmt", "s16", f"{path}"]
    subprocess.run([needs("ffmpeg"), "-v", "error", *words], check=True)


async def add_songs(host: httpx.AsyncClient) -> list[str]:
    """All of them, in the order of their names; the ids of the items."""
    tracks = (await host.get("/tracks", params={"limit": 100})).json()["tracks"]
    ids = []
    for track in sorted(tracks, key=lambda track: track["title"]):
        body = {"track_id": track["track_id"], "performer_name": "Ana"}
        ids.append((await host.post("/queue/party/items", json=body)).json()["id"])
    return ids
