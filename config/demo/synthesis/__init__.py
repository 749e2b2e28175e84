"""A small studio in plain Python: it turns the scores in `songs/` into the FLAC files in `music/`."""
