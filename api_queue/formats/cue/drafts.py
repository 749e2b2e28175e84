"""A sheet while it is read: what the head, or the track that is being read, has so far."""

from collections.abc import Sequence

import msgspec

from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Statement, Track


class Part(msgspec.Struct):
    """The head (`place` -1) or a track. `texts` holds what can be there once, by its command."""

    place: int = -1
    number: int = 0
    mode: str = "AUDIO"
    texts: dict[str, str] = {}
    flags: tuple[str, ...] = ()
    gaps: dict[str, int] = {}
    indexes: list[Index] = []
    remarks: list[Remark] = []
    others: list[Statement] = []

    def track(self) -> Track:
        said = self.texts.get
        return Track(
            number=self.number,
            mode=self.mode,
            title=said("TITLE"),
            performer=said("PERFORMER"),
            songwriter=said("SONGWRITER"),
            isrc=said("ISRC"),
            flags=self.flags,
            pregap=self.gaps.get("PREGAP"),
            postgap=self.gaps.get("POSTGAP"),
            indexes=tuple(self.indexes),
            remarks=tuple(self.remarks),
            others=tuple(self.others),
        )

    def sheet(self, files: Sequence[File], tracks: Sequence[Track], *, hours: bool) -> Sheet:
        said = self.texts.get
        return Sheet(
            files=tuple(files),
            tracks=tuple(tracks),
            title=said("TITLE"),
            performer=said("PERFORMER"),
            songwriter=said("SONGWRITER"),
            catalog=said("CATALOG"),
            cdtextfile=said("CDTEXTFILE"),
            remarks=tuple(self.remarks),
            others=tuple(self.others),
            dialect="rekordbox" if hours else "cdrwin",
        )
