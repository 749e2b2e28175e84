"""docs/licences.md says what is pinned, under which licence, and what that asks of whom."""

import re

from tests.docs.licences import ABOVE, PAGE, licence, page
from tests.docs.locks import SERVE, pins
from tests.docs.tracked import text_of

#: Their words reach beyond their own files, or may.
FAR_REACHING = re.compile(r"(?i)GPL|MPL|EPL|CDDL|EUPL|SSPL|Mozilla|GNU|proprietary")


def test_the_page_is_what_the_packages_say() -> None:
    assert text_of(PAGE) == page()


def test_a_licence_that_asks_for_more_than_its_name_is_explained() -> None:
    asking = {name for name in pins(SERVE) if FAR_REACHING.search(licence(name))}
    assert {name for name in asking if name not in ABOVE} == set()
