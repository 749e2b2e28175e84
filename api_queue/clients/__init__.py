"""Programs that know a server only by its public API."""
