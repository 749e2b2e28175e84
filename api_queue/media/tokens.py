"""`<token>.<mac>`, both base64url: HMAC-SHA256 under a key of the server's own."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from typing import Final

import msgspec

from api_queue.errors import BadMediaToken
from api_queue.media.models import MediaToken

_MAX_LENGTH: Final = 1024
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(MediaToken).decode


def sign(token: MediaToken, key: bytes) -> str:
    payload = _text(_encode(token))
    return f"{payload}.{_mac(payload, key)}"


@lru_cache(1000)  # a player that seeks asks for eight ranges in a row
def verify(text: str, key: bytes) -> MediaToken:
    """Raises BadMediaToken unless `text` is, to the letter, what `sign` made of a token with this key."""
    payload, _, mac = text.partition(".")
    if len(text) > _MAX_LENGTH or not text.isascii() or not hmac.compare_digest(mac, _mac(payload, key)):
        raise BadMediaToken
    return _decode(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))


def token_id(text: str) -> str:
    """Names a token where itself must not stand: in keys and logs."""
    return text.rpartition(".")[2][:16]


def _mac(payload: str, key: bytes) -> str:
    return _text(hmac.digest(key, payload.encode(), "sha256"))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
