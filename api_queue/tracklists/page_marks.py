"""What the site sends in place of what was asked for, mostly with status 200.

Good pages hold some of these marks as well (a script of Turnstile, the word captcha), so that they are looked for only
in a page that has nothing else.
"""

from typing import Final, NamedTuple

from api_queue.errors import AskedTooOftenPage, BlockedPage, CaptchaPage, ChallengePage, IpBlockPage
from api_queue.tracklists.page_tree import Element, first


class _Mark(NamedTuple):
    """A refusal is known by an element, or by words that a reader sees."""

    error: type[BlockedPage]
    reason: str
    path: str
    words: str


#: Elements with words for people, so neither scripts nor styles.
_TEXTS: Final = ("title", "body", "h1", "h2", "h3", "p", "div", "span", "center", "b", "strong", "form", "label", "td")
_SAID_MAX: Final = 20_000
#: The first that fits: a page that blocks an address has a captcha, too.
_MARKS: Final = (
    _Mark(
        IpBlockPage, "it counts too many requests", "//form[contains(@action, '/unblock_ip')]", "limited due to overuse"
    ),
    _Mark(AskedTooOftenPage, "it says so", "", "sent too many requests"),
    _Mark(CaptchaPage, "it shows a captcha", "//*[@id='captcha']", "validate your are real human"),
    _Mark(
        ChallengePage,
        "it asks to wait",
        "//input[@name='bChk'] | //div[.cf-turnstile]",
        "please wait, you will be forwar",
    ),
    _Mark(ChallengePage, "it checks the connection", "//form[@id='challenge-form']", "just a moment"),
)


def refuse(root: Element) -> None:
    """Raises BlockedPage, of the kind that this page is. Only of a page without rows and results."""
    said = _said(root)
    for mark in _MARKS:
        if mark.words in said or (mark.path and first(root, mark.path) is not None):
            raise mark.error(reason=mark.reason)


def _said(root: Element) -> str:
    """As far as a refusal goes: none is long, but adverts may stand before it."""
    pieces, length = [], 0
    for piece in root.itertext(*_TEXTS):
        pieces.append(piece)
        length += len(piece)
        if length > _SAID_MAX:
            break
    return " ".join(" ".join(pieces).split()).casefold()
