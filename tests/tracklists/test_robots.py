"""robots.txt: the examples of RFC 9309, what sites write in practice, and what must not be slow."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.tracklists.robots import Robots
from tests.tracklists.site.server import ROBOTS


def allowed(path: str, *rules: str) -> bool:
    return Robots.read("\n".join(["User-agent: *", *rules])).allows(path)


def test_the_file_of_the_site() -> None:
    robots = Robots.read(f"{ROBOTS}Crawl-delay: 8\n")
    assert robots.crawl_delay_s == 8
    assert [robots.allows(path) for path in ("/tracklist/a/b.html", "/search/result.php", "/user/x", "/js/a.js")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("path", "rules", "may"),
    [
        ("/a", [], True),
        ("/a", ["Disallow:"], True),
        ("/a", ["Disallow: /"], False),
        ("/robots.txt", ["Disallow: /"], True),
        ("/fish.html", ["Disallow: /fish"], False),
        ("/Fish.html", ["Disallow: /fish"], True),
        ("/a/b", ["Allow: /a/b", "Disallow: /a"], True),
        ("/a/b", ["Disallow: /a", "Allow: /a/b"], True),
        ("/a/c", ["Disallow: /a", "Allow: /a/b"], False),
        ("/a", ["Disallow: /a", "Allow: /a"], True),
        ("/x/a.gif", ["Disallow: /*.gif$"], False),
        ("/x/a.gif?b", ["Disallow: /*.gif$"], True),
        ("/a$b", ["Disallow: /a%24"], False),
        ("/a", ["Disallow: /a$"], False),
        ("/ab", ["Disallow: /a$"], True),
        ("/aXbYc", ["Disallow: /a*b*c"], False),
        ("/acb", ["Disallow: /a*b*c"], True),
        ("/aa", ["Disallow: /a*a$"], False),
        ("/a", ["Disallow: /a*a$"], True),
        ("/path/file-with-a-%2A.html", ["Disallow: /path/file-with-a-%2A.html"], False),
        ("/foo/bar/ツ", ["Disallow: /foo/bar/%E3%83%84"], False),
        ("/foo/bar/%62%61%7A", ["Disallow: /foo/bar/baz"], False),
        ("/a?b=c", ["Disallow: /*?"], False),
        ("/a", ["disallow : /a # not for us"], False),
    ],
)
def test_the_longest_rule_that_fits_counts(path: str, rules: list[str], may: bool) -> None:
    assert allowed(path, *rules) is may


def test_the_groups_that_name_us_count_and_no_others() -> None:
    text = """
        User-agent: *
        Disallow: /
        Crawl-delay: 99

        User-agent: other
        User-agent: API_Queue/2.0
        Crawl-delay: 3
        Disallow: /x

        User-agent: api_queue
        Disallow: /y
    """
    robots = Robots.read(text)
    assert [robots.allows(path) for path in ("/", "/x", "/y")] == [True, False, False]
    assert robots.crawl_delay_s == 3


def test_another_program_of_a_longer_name_is_not_us() -> None:
    assert Robots.read("User-agent: api_queue_two\nDisallow: /").allows("/a")


def test_a_sitemap_between_two_names_ends_no_group() -> None:
    text = "User-agent: a\nSitemap: https://x.example/s.xml\nUser-agent: *\nDisallow: /"
    assert not Robots.read(text).allows("/a")


@pytest.mark.parametrize(
    ("said", "seconds"), [("8", 8), ("0.5", 0.5), ("-1", 0), ("nan", 0), ("inf", 0), ("soon", 0), ("1e9", 86_400)]
)
def test_a_delay_is_a_number_of_seconds(said: str, seconds: float) -> None:
    assert Robots.read(f"User-agent: *\nCrawl-delay: {said}").crawl_delay_s == seconds


def test_a_file_of_windows_is_read() -> None:
    assert not Robots.read("\ufeffUser-agent: *\r\nDisallow: /a\r\n").allows("/a")


def test_a_pattern_of_wildcards_is_not_slow() -> None:
    assert allowed("/" + "a" * 2000, "Disallow: /" + "*a" * 2000 + "b")


def test_a_line_of_blanks_is_not_slow() -> None:
    began_s = time.process_time()
    assert allowed("/a", "Disallow: /x" + " " * 200_000 + "y")
    assert time.process_time() - began_s < 2


@given(st.text(), st.text())
def test_whatever_it_says_it_is_read(text: str, path: str) -> None:
    Robots.read(text).allows(path)
    Robots.read(f"User-agent: *\nDisallow: {text}").allows(f"/{path}")
