"""mpv and the switch inside it: no sound without a lease."""

import asyncio
import os
import signal
from pathlib import Path

import pytest

from api_queue.clients.speaker.clock import local_ms
from api_queue.clients.speaker.mpv import Mpv, MpvGone, MpvRefused
from api_queue.errors import StartRefused
from tests.clients.speaker.conftest import Player
from tests.docs.tracked import ROOT
from tests.live import Watch

MUSIC = sorted((ROOT / "config/demo/music").glob("*.flac"))


async def play(player: Player, lease_ms: float) -> None:
    """As loud as it goes, for so long."""
    mpv = player.mpv
    await mpv.command("loadfile", str(MUSIC[0]), "replace")
    await mpv.lease(local_ms() + lease_ms)
    await mpv.volume(100, 0)
    await mpv.set("pause", value=False)
    await player.until(lambda: not mpv.seen["core-idle"] and mpv.seen["volume"] == 100)


async def test_without_a_lease_nobody_can_start_it(player: Player) -> None:
    await player.mpv.command("loadfile", str(MUSIC[0]), "replace")
    await player.mpv.volume(100, 0)
    await player.mpv.set("pause", value=False)

    await player.until(lambda: player.mpv.seen["pause"])

    assert player.mpv.seen["volume"] == 0


async def test_at_the_end_of_its_lease_it_is_silent_whatever_becomes_of_us(player: Player) -> None:
    """Given mpv that plays; if nobody tells it anything any more, it fades out and pauses in time."""
    watch = Watch(player.mpv._process.pid)
    volumes: list[float] = []
    player.listeners.append(lambda _: volumes.append(player.mpv.seen["volume"]))
    await play(player, 1200)

    await player.until(lambda: player.mpv.seen["pause"])

    assert watch.seconds < 1.2 + 0.3
    fade = volumes[volumes.index(100) :]
    assert fade == sorted(fade, reverse=True)
    assert len(set(fade)) > 3


async def test_a_renewed_lease_is_played_on_under(player: Player) -> None:
    await play(player, 900)
    await player.mpv.lease(float("inf"))

    await asyncio.sleep(1)

    assert not player.mpv.seen["pause"]


async def test_a_lease_that_is_taken_back_ends_the_sound(player: Player) -> None:
    await play(player, 60_000)

    await player.mpv.lease(0)

    await player.until(lambda: player.mpv.seen["pause"] and player.mpv.seen["volume"] == 0)


async def test_it_quits_when_nobody_holds_its_socket_any_more(player: Player) -> None:
    """As when the speaker was killed."""
    await play(player, 60_000)

    player.mpv._writer.close()

    assert await asyncio.wait_for(player.mpv._process.wait(), 10) == 0


async def test_a_command_that_it_does_not_know_is_refused(player: Player) -> None:
    with pytest.raises(MpvRefused):
        await player.mpv.command("make-coffee")


async def test_many_may_ask_at_once(player: Player) -> None:
    await play(player, 60_000)

    found = await asyncio.gather(*(player.mpv.get(name) for name in ["volume", "audio-pts", "speed"] * 20))

    assert found[0::3] == [100] * 20
    assert found[2::3] == [1] * 20


async def test_an_mpv_that_was_killed_is_gone(player: Player) -> None:
    told: list[str] = []
    player.listeners.append(lambda event: told.append(event["event"]))
    os.kill(player.mpv._process.pid, signal.SIGKILL)
    await player.until(lambda: "gone" in told)

    with pytest.raises(MpvGone):
        await player.mpv.command("get_property", "pause")


async def test_a_machine_without_mpv_is_told_the_name_of_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(StartRefused, match="package `mpv`"):
        await Mpv(lambda _: None).start("null", None)
