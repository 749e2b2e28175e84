"""A part of a recording, for mpv. Pure."""

from api_queue.clients.speaker.wire import Part


def played(source: str, part: Part | None) -> str:
    """What mpv is told to play. Of a part it plays nothing else, to the sample, and counts from its beginning: whoever
    asks where mpv is, or sends it somewhere, need not know of the recording.

    <https://github.com/mpv-player/mpv/blob/master/DOCS/edl-mpv.rst>; a name is quoted by its length in bytes.
    """
    if part is None:
        return source
    start_s, length_s = part.start_ms / 1000, (part.end_ms - part.start_ms) / 1000
    return f"edl://%{len(source.encode())}%{source},start={start_s:.3f},length={length_s:.3f}"
