"""A sheet while it is read: what the head and each track have so far."""

from dataclasses import dataclass, field

from api_queue.formats.cue.sheet import File, Index, Remark, Sheet, Statement, Track


@dataclass(slots=True)
class Part:
    """The head (`place` -1) or a track. `texts` holds what can be there once, by its command."""

    place: int = -1
    number: int = 0
    mode: str = "AUDIO"
    texts: dict[str, str] = field(default_factory=dict)
    flags: dict[str, None] = field(default_factory=dict)
    gaps: dict[str, int] = field(default_factory=dict)
    indexes: list[Index] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    others: list[Statement] = field(default_factory=list)

    def track(self) -> Track:
        said = self.texts.get
        return Track(
            number=self.number,
            mode=self.mode,
            title=said("TITLE"),
            performer=said("PERFORMER"),
            songwriter=said("SONGWRITER"),
            isrc=said("ISRC"),
            flags=tuple(self.flags),
            pregap=self.gaps.get("PREGAP"),
            postgap=self.gaps.get("POSTGAP"),
            indexes=tuple(self.indexes),
            remarks=tuple(self.remarks),
            others=tuple(self.others),
        )

    def sheet(self, files: list[File], tracks: list["Part"], *, hours: bool) -> Sheet:
        said = self.texts.get
        return Sheet(
            files=tuple(files),
            tracks=tuple(part.track() for part in tracks),
            title=said("TITLE"),
            performer=said("PERFORMER"),
            songwriter=said("SONGWRITER"),
            catalog=said("CATALOG"),
            cdtextfile=said("CDTEXTFILE"),
            remarks=tuple(self.remarks),
            others=tuple(self.others),
            dialect="rekordbox" if hours else "cdrwin",
        )
