"""How text is made alike before it is searched: pure, the same for what is stored and for what is typed.

Accents, case, width and kana's two alphabets make no difference. Scripts that put no spaces between words become
one word per character, so that a phrase of characters finds any part of a title.
"""

import re
from typing import Final
from unicodedata import category, combining, normalize

#: Letters that Unicode does not take apart, although people type them without the stroke.
_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "'": "", "’": ""}
    | {chr(code): chr(code - 0x60) for code in range(0x30A1, 0x30F7)}  # katakana to hiragana
)
#: Thai, Lao, Burmese, Khmer, kana, Chinese characters.
_UNSPACED: Final = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)


_PLAIN_WORD: Final = re.compile("[a-z0-9]+")
_PLAIN_WORDS: Final = re.compile("[A-Za-z0-9 ]*")


def fold(text: str) -> str:
    if text.isascii():  # nearly all there is: ten times as fast
        return text.lower().replace("'", "")
    bare = "".join(c for c in normalize("NFKD", text) if not _is_accent(c))
    return normalize("NFC", bare.casefold().translate(_LETTERS))


def _is_accent(character: str) -> bool:
    """By combining class: overlays, points of Hebrew and Arabic, marks above and below. The marks that make
    another letter (voiced kana, signs of Indic scripts) stay.
    """
    mark = combining(character)
    return mark == 1 or 10 <= mark <= 36 or mark >= 200


def words(text: str) -> list[str]:
    """`AC/DC` -> `ac`, `dc`; `君が代` -> `君`, `が`, `代`."""
    folded = fold(text)
    if folded.isascii():
        return _PLAIN_WORD.findall(folded)
    spaced = _UNSPACED.sub(r" \1 ", folded)
    return "".join(c if _is_letter(c) else " " for c in spaced).split()


def joined_words(text: str) -> list[str]:
    """`AC/DC Live` -> `acdc`: what people type without the sign in the middle."""
    if _PLAIN_WORDS.fullmatch(text):  # as nearly all are
        return []
    parts = [words(part) for part in text.split()]
    return ["".join(part) for part in parts if len(part) > 1]


def _is_letter(character: str) -> bool:
    return category(character)[0] in "LNM"


def distance(typed: str, word: str) -> int:
    """Letters left out, put in, changed, or swapped with the next (optimal string alignment)."""
    before, last = [0] * (len(word) + 1), list(range(len(word) + 1))
    for i, a in enumerate(typed, 1):
        row = [i]
        for j, b in enumerate(word, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == word[j - 2] and typed[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]


def swapped(word: str) -> list[str]:
    """`dnot` -> `dont` and two others: swapped, a short word shares no three letters in a row with the right one."""
    return [word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)]


def corrections(typed: str, vocabulary: list[str]) -> list[str]:
    """The words that may have been meant, nearest first. Of a much longer one only the beginning was typed."""
    allowed = 1 if len(typed) <= 5 else 2
    longest = len(typed) + allowed
    errors = {word: distance(typed, word if len(word) <= longest else word[: len(typed)]) for word in vocabulary}
    return sorted((word for word in vocabulary if errors[word] <= allowed), key=lambda word: errors[word])
