"""The nights as a picture: how the turns of each guest add up, and how long songs waited."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from api_queue.clients.simulate.crowd import STEADY, Kind
from api_queue.clients.simulate.night import Night
from api_queue.clients.simulate.record import Request

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_KINDS: Final = get_args(Kind)
_COLOURS: Final = {
    **{"normal": "tab:gray", "table": "tab:orange", "duet": "tab:green", "eager": "tab:red"},
    **{"new cookie": "tab:purple", "new name": "tab:pink"},
}
_OTHER: Final = "tab:cyan"
_MINUTE_MS: Final = 60_000
_HOUR_MS: Final = 60 * _MINUTE_MS


def draw(nights: Sequence[Night], file: Path) -> None:
    """A column for each night. What `file` ends with says its form. Raises OSError."""
    from matplotlib.figure import Figure  # noqa: PLC0415 - an extra

    figure = Figure(figsize=(4.5 * len(nights), 6), layout="constrained")
    axes = figure.subplots(2, len(nights), squeeze=False, sharex="row", sharey="row")
    for column, night in enumerate(nights):
        axes[0][column].set_title(f"order: {night.order}")
        _draw_turns(axes[0][column], night)
        _draw_waits(axes[1][column], night)
    figure.legend(
        *axes[0][0].get_legend_handles_labels(), loc="outside lower center", ncols=3 * len(nights), frameon=False
    )
    figure.savefig(file, dpi=110)


def _draw_turns(axes: "Axes", night: Night) -> None:
    """A line for each who was there as long; the last of the legend lie above the others."""
    parties = {guest.party: guest.kind for guest in night.guests if guest.kind in STEADY}
    shown: set[str] = set()
    for party, kind in sorted(parties.items(), key=lambda pair: _KINDS.index(pair[1])):
        hours, turns = _steps(request for request in night.sung if request.guest.party == party)
        label = f"_{kind}" if kind in shown else kind  # matplotlib leaves out what begins so
        axes.step(
            [0, *hours, night.hours], [0, *turns, max(turns, default=0)], where="post", label=label, **_look(kind)
        )
        shown.add(kind)
    axes.set_xlabel("hours since the doors opened")
    axes.set_ylabel("turns")


def _steps(sung: Iterable[Request]) -> tuple[list[float], list[float]]:
    """When, and how many turns by then."""
    ordered = sorted(sung, key=lambda request: request.started_ms or 0)
    hours = [(request.started_ms or 0) / _HOUR_MS for request in ordered]
    return hours, list(accumulate(request.guest.charge for request in ordered))


def _look(kind: Kind) -> dict[str, Any]:
    return {"color": _COLOURS.get(kind, _OTHER), "linewidth": 1 if kind == "normal" else 2, "alpha": 0.8}


def _draw_waits(axes: "Axes", night: Night) -> None:
    """A dot for each song that was sung."""
    for kind in _KINDS:
        sung = [request for request in night.sung if request.guest.kind == kind]
        hours = [(request.started_ms or 0) / _HOUR_MS for request in sung]
        waits_min = [request.waited_ms / _MINUTE_MS for request in sung]
        axes.scatter(hours, waits_min, s=14, color=_COLOURS.get(kind, _OTHER), alpha=0.8)
    axes.set_xlabel("hours since the doors opened")
    axes.set_ylabel("minutes that the song waited")
