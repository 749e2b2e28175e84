"""What stands below `/files/TRACK/`: files beside the track, its video, its lyrics and its cover."""

from dataclasses import dataclass
from pathlib import Path

from api_queue.errors import NoAttachment, NoLyrics, VideoNotMade
from api_queue.karakara.covers import NAMES as COVERS
from api_queue.karakara.sidecars import OF_LYRICS, VIDEO, beside, is_name, media_type
from api_queue.karakara.subtitles import subtitles, to_json, to_vtt
from api_queue.karakara.video_folder import VideoFolder
from api_queue.tracks.models import Track
from api_queue.tracks.service import TrackService


@dataclass(frozen=True, slots=True)
class Attachment:
    """`content` is a file or what was made for this answer; a file of the library lies `is_beside` its track."""

    content: Path | bytes
    media_type: str
    is_beside: bool = False


class AttachmentService:
    def __init__(self, tracks: TrackService, videos: VideoFolder) -> None:
        self._tracks = tracks
        self._videos = videos

    async def find(self, track_id: str, name: str) -> Attachment:
        """Raises TrackNotFound, FileGone, NoAttachment, VideoNotMade."""
        track = await self._tracks.track(track_id)
        if name in COVERS.values():
            return await self._cover(track, name)
        if not is_name(name):
            raise NoAttachment(track_id=track_id, file=name)
        if ending := beside(track).get(name):
            path = await self._tracks.beside(track.track_id, ending)
            return Attachment(path, media_type(name), is_beside=True)
        return self._video(track) if name == VIDEO else await self._lyrics(track, name)

    def _video(self, track: Track) -> Attachment:
        if not self._videos.has(track.track_id):
            raise VideoNotMade(track_id=track.track_id)
        return Attachment(self._videos.path(track.track_id), media_type(VIDEO))

    async def _lyrics(self, track: Track, name: str) -> Attachment:
        """Words without times are nothing to show."""
        if name not in OF_LYRICS:
            raise NoAttachment(track_id=track.track_id, file=name)
        try:
            lyrics = await self._tracks.lyrics(track.track_id)
        except NoLyrics:
            raise NoAttachment(track_id=track.track_id, file=name) from None
        shown = subtitles(lyrics.lines, track.duration_ms)
        return Attachment(to_vtt(shown) if name.endswith(".vtt") else to_json(shown), media_type(name))

    async def _cover(self, track: Track, name: str) -> Attachment:
        cover = await self._tracks.cover(track.track_id)
        if COVERS.get(cover.media_type) != name:
            raise NoAttachment(track_id=track.track_id, file=name)
        return Attachment(cover.image, cover.media_type)
