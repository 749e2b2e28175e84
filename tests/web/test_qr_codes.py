"""QR codes as drawings."""

import re
from xml.etree import ElementTree

import pytest
import segno

from api_queue.web.qr_codes import qr_inline, qr_svg

#: A quiet zone, which readers need, on each side.
QUIET = 4


@pytest.mark.parametrize("address", ["http://party.test/queue/x/", "http://h/?a=1&b=<script>alert('\"')</script>"])
def test_a_drawing_is_whole_and_runs_nothing(address: str) -> None:
    drawing = ElementTree.fromstring(qr_svg(address, address))
    assert drawing.findtext("{*}title") == address
    assert drawing.find(".//{*}script") is None


def test_a_drawing_does_not_say_in_words_what_it_holds_unless_told_to() -> None:
    drawing = qr_svg("WIFI:T:WPA;S:Home;P:secret words;;").decode()
    assert "secret" not in drawing
    assert "<title" not in drawing


def test_another_address_is_another_drawing() -> None:
    def paths(address: str) -> list[str]:
        return re.findall(r' d="([^"]+)"', qr_svg(address).decode())

    assert paths("http://h/queue/a/") == paths("http://h/queue/a/") != paths("http://h/queue/b/")


@pytest.mark.parametrize("drawing", [qr_svg("http://h/queue/a/").decode(), qr_inline("http://h/queue/a/")])
def test_a_drawing_takes_the_size_of_its_place(drawing: str) -> None:
    root = ElementTree.fromstring(drawing)
    assert "viewBox" in root.attrib
    assert not {"width", "height", "style"} & root.attrib.keys()


def test_one_of_hundreds_is_as_small_as_its_text_allows() -> None:
    address = "http://192.168.178.20:8000/queue/party/#add=0123456789abcdef0123456789abcdef"
    smallest = segno.make(address, error="l", boost_error=False).symbol_size(border=QUIET)
    _, _, width, height = map(int, ElementTree.fromstring(qr_inline(address)).attrib["viewBox"].split())
    assert (width, height) == smallest
