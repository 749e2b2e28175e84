"""The party of `tests.queues`, whose clock a test moves."""

from tests.queues.conftest import party

__all__ = ["party"]
