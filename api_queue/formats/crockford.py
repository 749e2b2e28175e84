"""Crockford's base32: digits and letters without I, L, O and U, so that a guest can read an id aloud."""

from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIASES: Final = str.maketrans("ILO", "110")


def encode(number: int, length: int) -> str:
    """`number` in exactly `length` characters; ValueError if it does not fit."""
    if not 0 <= number < 32**length:
        raise ValueError(f"{number} does not fit into {length} characters")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(5 * (length - 1), -1, -5))


def decode(text: str) -> int:
    """The number behind `text`, in either case, with I and L read as 1 and O as 0; ValueError for other letters."""
    if not text.isascii():  # some of the others have upper-case forms among ours
        raise ValueError(f"{text!r} has other letters")
    number = 0
    for letter in text.upper().translate(_ALIASES):
        number = number * 32 + ALPHABET.index(letter)
    return number
