"""Which addresses are the site's own, and how each of them is spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.errors import ForeignAddress, StartRefused
from api_queue.tracklists.site import Site

SITE = Site.of("https://1001tracklists.com")
PAGE = "https://www.1001tracklists.com/tracklist/2wrmg6f1/a-set-2025-06-14.html"
LOCAL = Site.of("http://127.0.0.1:8123")


@pytest.mark.parametrize(
    "text",
    [
        PAGE,
        f"  {PAGE}\n",
        PAGE.replace("https:", "http:"),
        PAGE.replace("www.", ""),
        PAGE.replace("www.", "WWW."),
        PAGE.replace(".com", ".com:443"),
        f"{PAGE}?utm_source=x#tlp_5",
    ],
)
def test_each_spelling_of_a_page_is_one_address(text: str) -> None:
    assert SITE.page(text) == PAGE


@pytest.mark.parametrize("slug", ["", "/", "/mo-b2b--c&d-2024.html", "/caf%C3%A9-(live),-x.html", "/a/b.html"])
def test_the_title_in_an_address_may_have_what_titles_have(slug: str) -> None:
    assert SITE.page(f"https://1001tracklists.com/tracklist/2wrmg6f1{slug}").endswith(f"/tracklist/2wrmg6f1{slug}")


def test_a_short_link_is_one_as_well() -> None:
    assert SITE.page("http://1001.tl/2wrmg6f1/") == "https://1001.tl/2wrmg6f1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2wrmg6f1",
        "//www.1001tracklists.com/tracklist/a/",
        "ftp://www.1001tracklists.com/tracklist/a/",
        "file:///tracklist/a",
        "https://example.com/tracklist/a/",
        "https://www.1001tracklists.com.evil.example/tracklist/a/",
        "https://evil-1001tracklists.com/tracklist/a/",
        "https://evil.example/www.1001tracklists.com/tracklist/a/",
        "https://evil.example?www.1001tracklists.com/tracklist/a/",
        "https://evil@1001tracklists.com/tracklist/a/",
        "https://1001tracklists.com@evil.example/tracklist/a/",
        "https://www.1001tracklists.com\\@evil.example/tracklist/a/",
        "https://www.1001tracklists.com:8443/tracklist/a/",
        "https://www.1001tracklists.com:x/tracklist/a/",
        "http://www.1001tracklists.com:443/tracklist/a/",
        "https://www.1001tracklists.com./tracklist/a/",
        "https://m.1001tracklists.com/tracklist/a/",
        "https://127.0.0.1/tracklist/a/",
        "https://[::1]/tracklist/a/",
        "https://[::1/tracklist/a/",
        "https://www.1001tracklısts.com/tracklist/a/",
        "https://www.1001tracklists.com/tracklist/a\r\nHost: evil.example/",
        "https://www.1001tracklists.com/tracklist/a b/",
        "https://www.1001tracklists.com/",
        "https://www.1001tracklists.com/tracklist/",
        "https://www.1001tracklists.com/dj/somebody/index.html",
        "https://www.1001tracklists.com/action/login.html",
        "https://www.1001tracklists.com/tracklist/../action/login.html",
        "https://www.1001tracklists.com/tracklist/a/../../action/login.html",
        "https://www.1001tracklists.com/tracklist/a/%2e%2e/%2E%2E/action/login.html",
        "https://www.1001tracklists.com/tracklist/a/..%2f..%2faction/login.html",
        "https://www.1001tracklists.com/tracklist/a/%5c..%00",
        "https://www.1001tracklists.com/tracklist/a/<script>",
        "https://www.1001tracklists.com/tracklist/a/x;y=1",
        "https://1001.tl/",
        "https://1001.tl/a/b",
        "https://1001.tl/tracklist/a",
        f"{PAGE}{'a' * 2000}",
    ],
)
def test_what_is_no_page_of_the_site_is_refused(text: str) -> None:
    with pytest.raises(ForeignAddress):
        SITE.page(text)


def test_of_another_site_one_host_counts() -> None:
    assert LOCAL.page("http://127.0.0.1:8123/tracklist/a") == "http://127.0.0.1:8123/tracklist/a"
    for other in (
        PAGE,
        "http://127.0.0.1/tracklist/a",
        "http://localhost:8123/tracklist/a",
        "https://127.0.0.1:8123/tracklist/a",
    ):
        with pytest.raises(ForeignAddress):
            LOCAL.page(other)


@pytest.mark.parametrize(
    ("location", "url"),
    [
        ("/tracklist/b", "https://www.1001tracklists.com/tracklist/b"),
        ("b.html", "https://www.1001tracklists.com/tracklist/2wrmg6f1/b.html"),
        ("//1001.tl/b", "https://1001.tl/b"),
        ("http://www.1001tracklists.com/b?c=d", "https://www.1001tracklists.com/b?c=d"),
    ],
)
def test_a_redirect_may_lead_to_another_page_of_the_site(location: str, url: str) -> None:
    assert SITE.after(PAGE, location) == url


@pytest.mark.parametrize(
    "location",
    [
        "https://evil.example/",
        "//evil.example/",
        "http://127.0.0.1/",
        "https://a@1001.tl/b",
        "javascript:alert(1)",
        "//[",
    ],
)
def test_and_nowhere_else(location: str) -> None:
    with pytest.raises(ForeignAddress):
        SITE.after(PAGE, location)


@given(st.text())
def test_whatever_is_asked_for_is_refused_or_one_of_ours(text: str) -> None:
    for asked in (text, f"https://www.1001tracklists.com{text}", f"https://{text}.1001tracklists.com/tracklist/a"):
        try:
            url = SITE.page(asked)
        except ForeignAddress:
            continue
        assert SITE.owns(url)
        assert url.startswith(("https://www.1001tracklists.com/tracklist/", "https://1001.tl/"))


@pytest.mark.parametrize(
    ("setting", "base"),
    [
        ("https://1001tracklists.com", "https://www.1001tracklists.com"),
        ("HTTPS://WWW.1001tracklists.com:443/", "https://www.1001tracklists.com"),
        ("http://1001tracklists.com:8080", "http://www.1001tracklists.com:8080"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
        ("http://Site.example:80", "http://site.example"),
    ],
)
def test_a_page_of_a_site_lies_below_its_base(setting: str, base: str) -> None:
    site = Site.of(setting)
    assert site.base == base
    assert site.owns(site.page(f"{base}/tracklist/a"))


@pytest.mark.parametrize(
    "base",
    ["", "1001tracklists.com", "ftp://1001tracklists.com", "https://", "https://a@b.example", "https://b.example/a"],
)
def test_a_base_that_is_no_site_refuses_the_start(base: str) -> None:
    with pytest.raises(StartRefused, match="tracklists_base_url"):
        Site.of(base)
