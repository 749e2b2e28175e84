"""JSON of whatever is at hand, by msgspec: the standard library's costs a fifth of the rate."""

import json

import msgspec

_encode = msgspec.json.Encoder(enc_hook=str).encode


def json_bytes(value: object) -> bytes:
    """Bytes of a header that are no UTF-8 are surrogates in a text; JSON cannot hold them, and shows `?`."""
    try:
        return _encode(value)
    except UnicodeEncodeError:
        plain = msgspec.to_builtins(value, enc_hook=str)
        return json.dumps(plain, ensure_ascii=False, default=str).encode(errors="replace")
