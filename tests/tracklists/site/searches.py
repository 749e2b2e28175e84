"""Pages of search results, as the site's search sends them."""

from collections.abc import Sequence
from html import escape
from typing import Final, NamedTuple

from tests.tracklists.site.pages import document


class Hit(NamedTuple):
    """A row of a page. A text without ` @ ` is an advertised set."""

    text: str
    date: str
    page_id: str = "1hit2345"
    length: str = "1h 37m"
    identified: str = "19/30"
    styles: str = "House, Techno"
    views: str = "1.5k"
    likes: str = "12"

    @property
    def path(self) -> str:
        words = "".join(letter if letter.isalnum() else " " for letter in self.text.lower()).split()
        return f"/tracklist/{self.page_id}/{'-'.join(words)}-{self.date}.html"


#: Of one festival, in the order of the site: what was asked for is not the first.
HITS: Final = (
    Hit("Nova Kin @ Floor 2, Harbour Days, Porto, Portugal", "2024-06-16", "1aaaaaa1"),
    Hit("Ada Lovelace @ Main Stage, Harbour Days, Porto, Portugal", "2024-06-15", "1aaaaaa2", identified="all/27"),
    Hit("Ada Lovelace @ Main Stage, Harbour Days, Porto, Portugal", "2023-06-17", "1aaaaaa3", length=""),
    Hit("Vera - Night Radio 012", "2024-06-14", "1aaaaaa4"),
)
#: What a query that matches nothing still brings.
IRRELEVANT: Final = tuple(
    Hit(f"Somebody {n} @ Another Place, Town {n}, Country", f"2024-{n % 12 + 1:02}-01", f"9zzzz{n:02}")
    for n in range(30)
)


def results(
    hits: Sequence[Hit] = HITS, query: str = "Harbour Days 2024", *, page: int = 1, following: bool = False
) -> str:
    """A page of results; `following`: there is another."""
    rows = "".join(_row(hit) for hit in hits)
    return document(
        f'<div class="bItmH">Tracklists search result for "{escape(query)}"</div>{rows}{_pages(page, following)}',
        title="search",
    )


def nothing_found() -> str:
    return results((), "qqqq")


def irrelevant() -> str:
    return results(IRRELEVANT, "Ada Lovelace Harbour Days 2024", following=True)


def _row(hit: Hit) -> str:
    number, _, total = hit.identified.partition("/")
    checked = f'<span class="greenTxt">{number}</span>/{total}' if number == "all" else hit.identified
    link = f'<a href="{hit.path}">{escape(hit.text)}</a>'
    cells = [
        ("tracklist date", f"<i></i>{hit.date}"),
        ("creator", "<a>someone</a><span>(74.9k)</span>"),
        ("IDed tracks / total tracks", f"<i></i>{checked}"),
        ("likes", hit.likes),
        ("musicstyle(s)", f"<i></i>{hit.styles}"),
    ]
    cells += [("play time", f"<i></i>{hit.length} ")] if hit.length else []
    shown = "".join(f'<div title="{title}">{text}</div>' for title, text in cells)
    return (
        f'<div class="bItm action oItm" onclick="window.open(\'{hit.path}\', \'_self\');" data-id="{hit.page_id}">'
        f'<div class="bCont"><div class="bTitle"><span></span>{link}</div></div><div class="mediaRow iRow">'
        f'<div class="badge views" title="tracklist views" data-count="{hit.views}"></div>'
        f"{shown}</div></div>"
    )


def _pages(page: int, following: bool) -> str:
    onward = f"onclick=\"submitForm(this, {{ form: 'searchForm', page: {page + 1}, noAnker: true }} );\""
    nearby = (
        f'<li class="" {onward}><a href="#">Next</a></li>' if following else '<li class="disabled"><a>Next</a></li>'
    )
    return f'<ul class="pagination bs"><li class="active"><a href="#">{page}</a></li>{nearby}</ul>'
