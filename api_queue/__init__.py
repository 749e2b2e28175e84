"""The music of a party: named queues, one speaker, every screen."""

__version__ = "0.1.0"
