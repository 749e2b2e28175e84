"""What the site sends in place of what was asked for, mostly with status 200.

Good pages hold some of these marks as well (a script of Turnstile, the word captcha), so that they are looked for only
in a page that has nothing else.
"""

from typing import Final, NamedTuple

from api_queue.errors import AskedTooOftenPage, BlockedPage, CaptchaPage, ChallengePage, IpBlockPage
from api_queue.tracklists.page_tree import Element, first, select, text_of


class _Mark(NamedTuple):
    """A refusal is known by an element, or by words of a heading."""

    error: type[BlockedPage]
    reason: str
    path: str
    words: str


#: The first that fits: a page that blocks an address has a captcha, too.
_MARKS: Final = (
    _Mark(
        IpBlockPage, "it counts too many requests", "//form[contains(@action, '/unblock_ip')]", "limited due to overuse"
    ),
    _Mark(AskedTooOftenPage, "it says so", "", "too many requests"),
    _Mark(CaptchaPage, "it shows a captcha", "//img[@id='captcha']", "real human"),
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
    headings = " ".join(text_of(each) for each in select(root, "//h1 | //h2 | //title")[:20]).casefold()
    for mark in _MARKS:
        if mark.words in headings or (mark.path and first(root, mark.path) is not None):
            raise mark.error(reason=mark.reason)
