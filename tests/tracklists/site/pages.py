"""Pages built the way 1001tracklists.com builds its own: the same elements, classes, attributes; none of its content.

`tracklist` writes what is sent since 2023, `old_tracklist` the table of 2016 to 2018. What the site sends instead of a
tracklist is in `refusals.py`, its search in `searches.py`.
"""

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

SITE: Final = "https://www.1001tracklists.com"

#: Good pages may have it as well.
TURNSTILE: Final = '<script src="https://challenges.cloudflare.com/turnstile/v0/api.js" async></script>'


_HEADINGS: Final = {
    2023: "<h1>{}</h1>",
    2025: '<div id="pageTitle"><h1 class="notranslate">{}</h1></div>',
    2026: '<h1 id="pageTitle" class="notranslate">{}</h1>',
}


class Row(NamedTuple):
    """`cue` is what is printed, `seconds` what the script knows. `kind` is `main`, `with` or `component`. An ID row has
    no microdata, an `unsure` one has, and is not identified either.
    """

    name: str
    cue: str = ""
    seconds: int | None = None
    kind: str = "main"
    labels: Sequence[str] = ()
    status: str = ""
    edit: str = ""
    is_id: bool = False
    unsure: bool = False
    mashup: bool = False
    player: int | None = None


class Head(NamedTuple):
    """What a page tells of a set. `djs` and `event` stand as links in the title."""

    djs: Sequence[str] = ("Ada Lovelace",)
    stage: str = "Main Stage"
    event: str = "Harbour Days"
    place: str = "Porto, Portugal"
    date: str = "2025-06-14"
    genres: Sequence[str] = ("House", "Tech House")
    page_id: str = "2abc9xyz"
    views: int = 7188
    likes: int = 12
    duration: str = "1 hour 8 minutes 16 seconds"
    players: Sequence[str] = ("1:08:16",)

    @property
    def name(self) -> str:
        return f"{' & '.join(self.djs)} @ {self.stage}, {self.event}, {self.place} {self.date}"

    @property
    def url(self) -> str:
        return f"{SITE}/tracklist/{self.page_id}/{_slug(self.name)}.html"


#: One of each kind: cued, uncued, w/, a mashup with its components, an ID, hyphens and quotes.
ROWS: Final = (
    Row("Nova Kin - First Light", labels=("NORTH",)),
    Row("Ida & Oz ft. Mia - Tidal (Nova Kin Remix)", kind="with", labels=("NORTH", "SALT/WATER")),
    Row("Jean-Luc - Half-Way - There", cue="03:35", seconds=215, edit="(Intro Edit)"),
    Row('Pim "The Pin" - Don\'t <Stop> & Go', cue="06:10", seconds=370, labels=("PIN & CO",)),
    Row("Ida vs. Oz - One vs. Two (Ada Mashup)", cue="10:55", seconds=655, mashup=True, labels=("SALT",)),
    Row("Ida - One (Acappella)", kind="component", labels=("SALT",)),
    Row("Oz - Two", kind="component"),
    Row("ID - ID", cue="18:00", seconds=1080, is_id=True),
    Row("Ada Lovelace - ID", cue="23:20", seconds=1400, unsure=True),
    Row("Vera - Nightfall", cue="31:02", seconds=1862, status="(ID Remix)", unsure=True),
    Row("Vera - Nobody Timed This"),
    Row("Ada Lovelace - The End", cue="1:03:26", seconds=3806, labels=("NORTH",)),
)


def tracklist(
    rows: Sequence[Row] = ROWS,
    head: Head = Head(),  # noqa: B008 - frozen
    *,
    count: int | None = None,
    extra: str = "",
    script: bool = True,
    year: int = 2026,
) -> str:
    """A page. `count` is what it says of its rows, `extra` goes into its body; without `script` no script has times.
    `year`: the title stood bare in 2023, in a `div` in 2025, and is its own heading since.
    """
    title = _HEADINGS[year].format(_title(head))
    tab = f'<div id="tlTab" itemscope itemtype="http://schema.org/MusicPlaylist" data-id="{head.page_id}" '
    tab += f'data-islive="true" data-count="{len(rows) if count is None else count}">{_metas(head, len(rows))}'
    return document(
        f"{extra}{title}{_media(head)}{tab}{_script(rows) if script else ''}{_rows(rows)}</div>{_side(head)}",
        head=f'<meta property="og:url" content="{head.url}"><link rel="canonical" href="{head.url}">',
        title=head.name,
    )


def document(body: str, *, head: str = "", title: str = "1001Tracklists") -> str:
    """A whole page, with the search box that all of them have."""
    box = '<input id="sBoxInput" type="text" name="main_search" value="" form="searchForm">'
    form = '<form id="searchForm" method="post" action="/search/result.php"></form>'
    return (
        f'<!DOCTYPE html> <html lang="en-US"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}'
        f'<style>.tlpItem {{ }} .bItmH {{ }}</style></head><body id="body">{form}{box}{body}</body></html>'
    )


def old_tracklist(rows: Sequence[Row] = ROWS, head: Head = Head()) -> str:  # noqa: B008 - frozen
    """The markup of 2016 to 2018, when a tracklist was a table and the title a bare heading."""
    lines = "".join(_old_row(at, row) for at, row in enumerate(rows))
    return document(
        f'<div id="tlTab" itemscope itemtype="http://schema.org/MusicPlaylist">{_metas(head, len(rows))}'
        f"<h1>{_title(head)}</h1><table class='tl'>{lines}</table></div>",
        head=f'<link rel="canonical" href="{head.url}">',
        title=head.name,
    )


def _title(head: Head) -> str:
    djs = " &amp; ".join(f'<a href="/artist/{_slug(dj)}/tracklists.html">{escape(dj)}</a>' for dj in head.djs)
    event = f'<a href="/source/x1y2z3/{_slug(head.event)}/index.html">{escape(head.event)}</a>'
    return f"{djs} @ {escape(head.stage)}, {event}, {escape(head.place)} {head.date}"


def _metas(head: Head, count: int) -> str:
    facts = [("name", head.name), ("datePublished", head.date), ("numTracks", f"{count}")]
    facts += [("genre", genre) for genre in head.genres] + [("author", ", ".join(head.djs))]
    return "".join(_meta(name, text) for name, text in facts)


def _meta(name: str, text: str) -> str:
    return f'<meta itemprop="{name}" content="{escape(text)}">'


def _media(head: Head) -> str:
    """A tab and a player for each recording: the first of YouTube, as most are."""
    tabs = "".join(
        f'<li class="tBtn" id="mediaLinkBtn{at}"> Player {at} [{length}] </li>'
        for at, length in enumerate(head.players, start=1)
    )
    players = "".join(_player(at) for at in range(1, len(head.players) + 1))
    return f'<div id="mediaTab13"><ul class="tBar">{tabs}</ul>{players}</div>'


def _player(at: int) -> str:
    return (
        f'<div id="mediaLink{at}" data-idmedia="{at}" data-idsource="13" class="mediaLink mediaItemvideo{at}">'
        f'<div itemprop="video" itemscope itemtype="https://schema.org/VideoObject">'
        f'<meta itemprop="embedUrl" content="https://www.youtube.com/embed/video{at}"></div></div>'
    )


def _script(rows: Sequence[Row]) -> str:
    """The times as the script has them: an entry for each, and in it all rows that share it."""
    entries: list[str] = []
    for at, row in enumerate(rows):
        if row.kind == "main" and (row.seconds is not None or at == 0):
            entries.append(_entry(row.seconds or 0, len(entries) + 1, _sharing(rows, at)))
    return f"<script> jsbuffer.push(['ready', function() {{ cueValues = []; {' '.join(entries)} }}]); </script>"


def _entry(seconds: int, number: int, ids: Sequence[int]) -> str:
    names = " ".join(f"cueValuesEntry.ids[{i}] = 'tlp{at}_content';" for i, at in enumerate(ids))
    return (
        f"cueValuesEntry = {{}}; cueValuesEntry.seconds = {seconds}; cueValuesEntry.number = '{number}'; "
        f"cueValuesEntry.idPlayer = ''; cueValuesEntry.ids = []; {names} cueValueData.push(cueValuesEntry);"
    )


def _sharing(rows: Sequence[Row], at: int) -> list[int]:
    following = next((i for i in range(at + 1, len(rows)) if rows[i].kind == "main"), len(rows))
    return [at] + [i for i in range(at + 1, following) if rows[i].kind == "with"]


def _rows(rows: Sequence[Row]) -> str:
    number, lines = 0, []
    for at, row in enumerate(rows):
        number += row.kind == "main"
        player = f'<div class="bItmH"> Player {row.player} </div>' if row.player else ""
        lines.append(player + _row(at, number, row))
    return "".join(lines)


def _row(at: int, number: int, row: Row) -> str:
    classes = {"main": "tlpTog", "with": "tlpTog con", "component": f"tlpSubTog con tgHid subPos{number}"}[row.kind]
    mashup = " subPosTog" if row.mashup else ""
    known = "" if row.kind == "component" or row.unsure else ' data-isid="true"' if row.is_id else ' data-isided="true"'
    return (
        f'<div id="tlp_{9000 + at}" class="bItm tlpItem trRow{number} {classes}{mashup}" data-trno="{at}"'
        f' data-id="{9000 + at}"{known} onclick="rowToggle(\'tlp\', event);">{_play(at, number, row)}'
        f'<div class="bCont tl">{_content(at, row)}</div>'
        f'<div class="iRow mediaRow" data-trackid="{100 + at}"></div></div>'
    )


def _play(at: int, number: int, row: Row) -> str:
    seconds = f'<input id="tlp{9000 + at}_cue_seconds" type="hidden" value="{row.seconds or 0}">'
    if row.kind == "component":
        return f'<div class="bPlay">{seconds}</div>'
    printed = "w/" if row.kind == "with" else f"{number:02}"
    return (
        f'<div class="bPlay">{seconds}<span id="tlp{at}_tracknumber_value" class="fontXL"> {printed} </span>'
        f'<div id="cue_{9000 + at}" class="cue noWrap action" onclick="toggleCue(event);">{row.cue}</div></div>'
    )


def _content(at: int, row: Row) -> str:
    """Name and labels; an ID row has no microdata, so that only its spans tell."""
    artist, _, title = row.name.partition(" - ")
    spans = (
        f'<span>{escape(artist)}</span><span class="notranslate "> - </span><span><span>{escape(title)}</span></span>'
    )
    about = "" if row.is_id else _meta("name", row.name) + _meta("byArtist", artist) + _meta("duration", "PT4M6S")
    kind = "" if row.is_id else ' itemprop="tracks" itemscope itemtype="http://schema.org/MusicRecording"'
    status = f'<span class="trackStatus">{escape(row.status)}</span>' if row.status else ""
    edit = f'<span class="italic trackEditData spL">{escape(row.edit)}</span>' if row.edit else ""
    return (
        f'<div id="tlp{at}_content" class="fontL"{kind}>{about}<span class="trackValue notranslate">{spans}</span>'
        f"{status}{edit}{_labels(row.labels)}</div>"
    )


def _labels(labels: Sequence[str]) -> str:
    spans = (
        f'<span title="label" class="trackLabel noWrap">{escape(label)}<a href="/label/l/{_slug(label)}/"></a></span>'
        for label in labels
    )
    return f'<span class="iBlock">{"<span>/</span>".join(spans)}</span>'


def _old_row(at: int, row: Row) -> str:
    number = "w/" if row.kind == "with" else f"{at + 1}"
    shown = f'<span class="trackFormat">{escape(row.name)}</span>'
    about = "" if row.is_id else _meta("name", row.name) + _meta("byArtist", row.name.partition(" - ")[0])
    kind = "" if row.is_id else ' itemprop="tracks" itemscope itemtype="http://schema.org/MusicRecording"'
    return (
        f'<tr id="tlp_{9000 + at}" class="tlpItem{" con" if row.kind == "with" else ""}">'
        f'<td><span id="tlp{at}_tracknumber_value">{number}</span><input id="tlp_tracknumber_{at}" value="{number}">'
        f'<div class="cueValueField" id="cue_{9000 + at}" onclick="toggleCue(event);">{row.cue}</div></td>'
        f'<td><div id="tlp{at}_content"{kind}>{about}{shown}{_labels(row.labels)}</div></td></tr>'
    )


def _side(head: Head) -> str:
    pairs = [
        ("Views", f'<meta itemprop="interactionCount" content="UserPageVisits:{head.views}">{head.views:,}'),
        ("Likes", f'<meta itemprop="interactionCount" content="UserLikes:{head.likes}">{head.likes}'),
        ("Duration", head.duration),
        ("Short link", f'<a href="https://1001.tl/{head.page_id}">1001.tl/{head.page_id}</a>'),
    ]
    cells = "".join(f"<div>{label}</div> <div> {text} </div>" for label, text in pairs)
    return (
        f'<div id="left"><div class="sTab">{cells}</div><div id="tl_music_styles">{", ".join(head.genres)}</div></div>'
    )


def _slug(text: str) -> str:
    words = "".join(letter if letter.isalnum() and letter.isascii() else " " for letter in text.lower()).split()
    return "-".join(words)
