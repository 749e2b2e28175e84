"""What the texts and the code point to is there."""

import re
from pathlib import Path

import pytest

from tests.docs.tracked import ROOT, text_of, tracked

PAGES = [name for name in tracked() if name.endswith(".md")]
LINK = re.compile(r"(?:\]\(|src=\")([^)\"\s]+)")
FOLDERS = ("docs", "tests", "config", "bench", "api_queue", "static")
FILE = re.compile(rf"(?<![\w/.}}])(?:{'|'.join(FOLDERS)})/[\w/.-]*\w\.(?:md|py|lua|png|toml|html|js|css|conf)\b")


def anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_each_link_leads_somewhere(name: str) -> None:
    for link in LINK.findall(text_of(name)):
        path, _, anchor = link.partition("#")
        if link.startswith("https://"):
            continue
        page = (ROOT / name).parent / path if path else ROOT / name
        assert page.exists(), link
        assert not anchor or anchor in anchors(page), link


def test_each_file_that_a_text_names_is_there() -> None:
    named = {(name, file) for name in tracked() for file in FILE.findall(text_of(name))}
    assert {(name, file) for name, file in named if not (ROOT / file).exists()} == set()


def test_the_index_has_each_page() -> None:
    pages = {name.removeprefix("docs/") for name in PAGES if name.startswith("docs/")} - {"README.md"}
    assert {page for page in pages if f"({page})" not in text_of("docs/README.md")} == set()
