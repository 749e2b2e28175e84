"""Whatever stands in the tags, a name is one that every file system takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.tracks.models import Track
from api_queue.tracks.naming import FIELDS, name_of, template_fault
from tests.tracks.test_full_text import track

USUAL = "{artist}/{album}/{track:02} {title}.flac"


def tagged(**changes: object) -> Track:
    return replace(track("Song", "Band"), **{"album": "Album", "track_number": 3, **changes})


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "Band/Album/03 Song.flac"),
        ({"track_number": None}, "Band/Album/Song.flac"),
        ({"track_number": 123}, "Band/Album/123 Song.flac"),
        ({"artists": (), "album": ""}, "Unknown artist/Unknown album/03 Song.flac"),
        ({"artists": ("AC/DC",), "title": 'What "is": this?'}, "AC_DC/Album/03 What _is__ this_.flac"),
        ({"artists": ("..",), "album": "../.."}, "_/Album/03 Song.flac".replace("Album", "_._")),
        ({"artists": (".hidden",), "album": "con"}, "_hidden/_con/03 Song.flac"),
        ({"title": "é" * 200}, f"Band/Album/03 {'é' * 118}.flac"),
        ({"title": "{artist}"}, "Band/Album/03 {artist}.flac"),
    ],
)
def test_names(changes: dict[str, object], name: str) -> None:
    assert name_of(tagged(**changes), USUAL) == name


@given(artist=st.text(max_size=300), album=st.text(max_size=300), title=st.text(min_size=1, max_size=300))
def test_no_tag_leads_out_of_the_folder(artist: str, album: str, title: str) -> None:
    name = name_of(tagged(artists=(artist,), album=album, title=title), USUAL)
    parts = name.split("/")
    assert len(parts) == 3
    for part in parts:
        assert 0 < len(part.encode(errors="surrogatepass")) <= 255
        assert not part.startswith(".")
        assert part.isprintable() or not set(part) & {chr(code) for code in range(32)}
    assert not part.removesuffix(".flac").endswith((" ", "."))


@pytest.mark.parametrize(
    "template", [USUAL, "{title}.flac", "a/{track_id}.flac", *(f"{{{f}}} {{title}}.flac" for f in FIELDS)]
)
def test_templates_that_are_taken(template: str) -> None:
    assert template_fault(template) == ""


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{artist}/{titel}.flac", "the template knows no {titel}; it knows artist, album, title"),
        ("{title.__class__}.flac", "has to look like"),
        ("{title!r}.flac", "has to look like"),
        ("{title}", "has to look like"),
        ("{title.flac", "has to look like"),
        ("{}{title}.flac", "knows no {}"),
        ("{artist}.flac", "needs {title} or {track_id}"),
        ("../{title}.flac", "leads out"),
        ("/{title}.flac", "leads out"),
        ("{artist}//{title}.flac", "leads out"),
        ("", "has to look like"),
    ],
)
def test_templates_that_are_refused(template: str, said: str) -> None:
    assert said in template_fault(template)
