"""Bytes of a sheet, and what they are in."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api_queue.formats.cue.decoding import decode
from api_queue.formats.cue.reading import read

RUSSIAN = 'PERFORMER "Кино"\r\nTITLE "Группа крови"\r\nFILE "Кино.wav" WAVE\r\n'
JAPANESE = 'PERFORMER "椎名林檎"\r\nTITLE "無罪モラトリアム"\r\nFILE "林檎.wav" WAVE\r\n'
FRENCH = 'PERFORMER "Françoise Été"\r\nTITLE "L’été déjà"\r\nFILE "été.wav" WAVE\r\n'
FINNISH = 'PERFORMER "Hyvää päivää"\r\nTITLE "Sää"\r\n'
PLAIN = 'TITLE "Plain"\r\nFILE "a.wav" WAVE\r\n'


@pytest.mark.parametrize("text", [PLAIN, RUSSIAN, JAPANESE, FRENCH])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_unicode_is_known_with_and_without_its_mark(text: str, encoding: str, mark: str) -> None:
    assert decode((mark + text).encode(encoding)) == (text, encoding, bool(mark), False)


@pytest.mark.parametrize(
    ("text", "codec", "encoding"),
    [
        (FRENCH, "cp1252", "cp1252"),
        (FINNISH, "cp1252", "cp1252"),
        ('TITLE "Don’t"\r\nPERFORMER "It’s — ‘Who’"', "cp1252", "cp1252"),
        ('TITLE "Motörhead – Overkill"', "cp1252", "cp1252"),
        (RUSSIAN, "cp1251", "cp1251"),
        (JAPANESE, "cp932", "shift_jis"),
        ('TITLE "アカシア"', "cp932", "shift_jis"),
    ],
)
def test_an_old_page_is_guessed_by_what_it_would_spell(text: str, codec: str, encoding: str) -> None:
    assert decode(text.encode(codec)) == (text, encoding, False, False)


@pytest.mark.parametrize(
    ("stated", "codec"), [("koi8-r", "koi8-r"), ("Windows-1251", "cp1251"), ("CP866", "cp866"), ("gbk", "gb18030")]
)
def test_a_page_that_somebody_states_is_taken(stated: str, codec: str) -> None:
    text = 'TITLE "Кино, Группа"'
    assert decode(text.encode(codec), stated) == (text, codec, False, False)


@pytest.mark.parametrize("stated", ["", "rot13", "zip", "punycode", "idna", "utf-7", "no\0page", "ünknown", "x" * 9999])
def test_a_page_that_is_none_is_as_if_nobody_had_spoken(stated: str) -> None:
    assert decode(FRENCH.encode("cp1252"), stated).encoding == "cp1252"


def test_unicode_counts_more_than_what_somebody_states() -> None:
    assert decode(RUSSIAN.encode(), "cp1251") == (RUSSIAN, "utf-8", False, False)


@pytest.mark.parametrize("data", [b"\xef\xbb\xbfTITLE \xff", b"\xff\xfeT\0\0\xd8", b"\xff\xfeA"])
def test_what_is_broken_is_shown_and_told(data: bytes) -> None:
    assert decode(data).damaged
    assert "undecodable" in {finding.code for finding in read(data).findings}


def test_a_letter_that_was_cut_in_two_leaves_the_rest_as_it_was() -> None:
    cut = RUSSIAN.encode()[: RUSSIAN.encode().rindex("о".encode()) + 1]
    assert decode(cut) == (RUSSIAN.rpartition("о")[0] + "\ufffd", "utf-8", False, True)


def test_a_sign_for_what_could_not_be_read_before_is_no_damage() -> None:
    assert decode("TITLE �".encode()) == ("TITLE �", "utf-8", False, False)


def test_a_stray_zero_makes_no_utf_16() -> None:
    assert decode(PLAIN.encode() + b"\0").encoding == "utf-8"


@given(st.binary(), st.none() | st.text())
@example(b"\xff\xfe\0\0\xff\xff\xff\xff", None)
def test_no_bytes_break_it(data: bytes, stated: str | None) -> None:
    decoded = decode(data, stated)
    assert decoded.damaged or "\ufffd" not in decoded.text or "\ufffd".encode(decoded.encoding) in data
