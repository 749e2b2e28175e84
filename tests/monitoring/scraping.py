"""Figures as Prometheus' own parser reads them."""

from collections.abc import Iterable

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families


def families(text: str) -> list[Metric]:
    found: Iterable[Metric] = text_string_to_metric_families(text)
    return list(found)
