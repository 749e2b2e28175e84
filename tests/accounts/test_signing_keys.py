"""The keys behind access tokens: kept, swapped, and good for one swap more."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api_queue.accounts.jwt import ALGORITHM, AccessTokenReader
from api_queue.accounts.models import Claims
from api_queue.accounts.signing_keys import rotate, signing_keys
from api_queue.errors import BadCredential, LoginExpired

KEY, OTHER_KEY = b"k" * 32, b"o" * 32
FAR_S = 4_000_000_000
PAYLOAD: dict[str, object] = {"sub": "token", "login": "login", "exp": FAR_S}
TOKEN = jwt.encode(PAYLOAD, KEY, ALGORITHM)


def signed(key: bytes, **changes: object) -> str:
    return jwt.encode({**PAYLOAD, **changes}, key, ALGORITHM)


# -- on the disk -----------------------------------------------------------------------------------------------


def test_the_first_start_makes_one_key_and_the_next_finds_it(tmp_path: Path) -> None:
    first = signing_keys(tmp_path)
    assert [len(key) for key in first] == [32]
    assert signing_keys(tmp_path) == first


def test_a_rotation_makes_a_new_key_and_keeps_the_old_one_behind_it(tmp_path: Path) -> None:
    [old] = signing_keys(tmp_path)
    rotate(tmp_path)
    new, previous = signing_keys(tmp_path)
    assert previous == old != new


def test_after_two_rotations_the_first_key_is_gone(tmp_path: Path) -> None:
    [oldest] = signing_keys(tmp_path)
    rotate(tmp_path)
    rotate(tmp_path)
    keys = signing_keys(tmp_path)
    assert len(set(keys)) == 2
    assert oldest not in keys


def test_a_rotation_before_the_first_start_leaves_two_keys(tmp_path: Path) -> None:
    rotate(tmp_path)
    assert len(set(signing_keys(tmp_path))) == 2


def test_a_rotation_that_was_cut_off_is_finished_by_the_next_start(tmp_path: Path) -> None:
    # Given a power cut after the old key got its other name
    [old] = signing_keys(tmp_path)
    (tmp_path / "jwt").replace(tmp_path / "jwt.previous")
    # When the server starts, then there is a new key, and the old one verifies
    new, previous = signing_keys(tmp_path)
    assert previous == old != new


def test_nobody_else_on_the_machine_reads_a_key(tmp_path: Path) -> None:
    rotate(tmp_path / "keys")
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o077 == 0


# -- what they signed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [(KEY,), (OTHER_KEY, KEY), (KEY, OTHER_KEY)])
def test_what_any_of_the_keys_signed_is_good(keys: tuple[bytes, ...]) -> None:
    assert AccessTokenReader(keys).read(TOKEN) == Claims("token", "login", (FAR_S + 5) * 1000)


@pytest.mark.parametrize("keys", [(OTHER_KEY,), (OTHER_KEY, b"x" * 32)])
def test_what_none_of_them_signed_is_not(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(BadCredential):
        AccessTokenReader(keys).read(TOKEN)


@pytest.mark.parametrize("keys", [(KEY,), (OTHER_KEY, KEY), (KEY, OTHER_KEY)])
def test_one_that_has_ended_says_so_whichever_key_it_is_of(keys: tuple[bytes, ...]) -> None:
    with pytest.raises(LoginExpired):
        AccessTokenReader(keys).read(signed(KEY, exp=1_000_000_000))


@pytest.mark.parametrize("claim", ["exp", "sub", "login"])
def test_each_claim_must_be_there(claim: str) -> None:
    payload = {name: value for name, value in PAYLOAD.items() if name != claim}
    with pytest.raises(BadCredential):
        AccessTokenReader((KEY,)).read(jwt.encode(payload, KEY, ALGORITHM))


@pytest.mark.parametrize("algorithm", ["HS384", "HS512"])
def test_another_algorithm_with_the_right_key_is_refused(algorithm: str) -> None:
    token = jwt.encode(PAYLOAD, KEY * 2, algorithm)
    with pytest.raises(BadCredential):
        AccessTokenReader((KEY * 2,)).read(token)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_one_is_refused(algorithm: str) -> None:
    head, body = ({"alg": algorithm, "typ": "JWT"}, PAYLOAD)
    parts = [urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in (head, body)]
    for signature in ("", TOKEN.rpartition(".")[2]):
        with pytest.raises(BadCredential):
            AccessTokenReader((KEY,)).read(".".join([*parts, signature]))


@given(st.integers(0, len(TOKEN) - 1), st.integers(0, 6))
def test_one_bit_changed_anywhere_is_refused_or_changes_nothing(place: int, bit: int) -> None:
    changed = TOKEN[:place] + chr(ord(TOKEN[place]) ^ 1 << bit) + TOKEN[place + 1 :]
    if _bits(changed) != _bits(TOKEN):  # the last letter of each part has bits that mean nothing
        with pytest.raises(BadCredential):
            AccessTokenReader((KEY,)).read(changed)


def _bits(token: str) -> list[bytes] | str:
    if not set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."):
        return token
    return [urlsafe_b64decode(f"{part}==") if len(part) % 4 != 1 else part.encode() for part in token.split(".")]


@given(st.text())
def test_no_text_is_a_token_and_none_breaks_the_reader(text: str) -> None:
    for value in (text, f"{text}.{text}.{text}", f"{TOKEN}{text}x"):
        with pytest.raises(BadCredential):
            AccessTokenReader((KEY, OTHER_KEY)).read(value)
