"""Figures as Prometheus reads them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Final

from prometheus_client import CollectorRegistry, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from prometheus_client.utils import floatToGoString

from api_queue.formats.figures import BOUNDS_S, Figure
from api_queue.monitoring.catalogue import CATALOGUE, public_name
from api_queue.monitoring.models import Snapshot

_BOUNDS: Final = (*map(floatToGoString, BOUNDS_S), "+Inf")


def exposed(snapshots: Sequence[Snapshot], shared: Iterable[Figure], accept: str) -> tuple[bytes, str]:
    """The body and its content type. `shared`: what is no single process's, and has no labels of one."""
    encode, content_type = choose_encoder(accept)
    registry = CollectorRegistry()
    registry.register(_Figures(snapshots, shared))
    return encode(registry), content_type


class _Figures(Collector):
    """A counter of each process begins anew with it, as Prometheus expects: sums are for whoever asks."""

    def __init__(self, snapshots: Sequence[Snapshot], shared: Iterable[Figure]) -> None:
        self._metrics: dict[str, Metric] = {}
        for snapshot in snapshots:
            of_process = {"host": snapshot.host, "process": snapshot.process}
            for figure in (Figure("process_since_seconds", snapshot.since_ms / 1000), *snapshot.figures):
                self._add(figure, of_process)
        for figure in shared:
            self._add(figure, {})

    def collect(self) -> Iterator[Metric]:
        yield from self._metrics.values()

    def _add(self, figure: Figure, of_process: Mapping[str, str]) -> None:
        """One that we do not know is of a process of another version."""
        if figure.name not in CATALOGUE:
            return
        name, (kind, sentence) = public_name(figure.name), CATALOGUE[figure.name]
        family = name.removesuffix("_total")
        metric = self._metrics.setdefault(name, Metric(family, sentence, kind))
        labels = {**of_process, **figure.labels}
        if kind != "histogram":
            metric.add_sample(name, labels, figure.value)
            return
        for bound, count in zip(_BOUNDS, accumulate(figure.buckets), strict=True):
            metric.add_sample(f"{name}_bucket", {**labels, "le": bound}, count)
        metric.add_sample(f"{name}_count", labels, sum(figure.buckets))
        metric.add_sample(f"{name}_sum", labels, figure.value)
