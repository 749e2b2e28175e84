"""A library that was never recorded, of any size, the same at each call.

Words, artists and genres are as unevenly spread as in real ones (Zipf), and a fifth of it is Japanese, Russian, Arabic
or has accents.
"""

import random
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

from api_queue.tracks.models import Track, alias_of
from api_queue.types import Milliseconds, TrackId

ARTISTS: Final = 8_000
WORDS: Final = 30_000
FOREIGN_WORDS: Final = 3_000

COMMON: Final = "the love you me a in of to my and i night on it remix day live no down heart is for all one go"
SYLLABLES: Final = "ba be bo ca co da de di do el en er fa fi ga ha in ka la le li lo ma me mi mo na ne no ra re ri ro"
GENRES: Final = "rock pop house techno jazz soul metal folk latin classical ambient polka"
#: Letters by language; Japanese words are short and stand without spaces.
SCRIPTS: Final[Mapping[str, str]] = {
    "ja": "君夜空花恋夢星風雨海歌心愛光声時人春夏秋冬さくらのはなよるそらカラオケテーマ",
    "ru": "абвгдежзиклмнопрстуфхчшя",
    "ar": "ابتثجحدرزسشصعفقكلمنهوي",
    "fr": "aeiounstrlmpdcéèêçôüñ",
}


def made_up_library(size: int) -> list[Track]:
    library = _Library(random.Random(1))
    return [library.track(number) for number in range(size)]


class _Words:
    """Draws from `words`, the n-th of them 1/n as often as the first."""

    def __init__(self, words: Sequence[str], chance: random.Random) -> None:
        self._words = words
        self._weights = list(accumulate(1 / (rank + 8) for rank in range(1, len(words) + 1)))
        self._chance = chance

    def draw(self, count: int = 1) -> str:
        return " ".join(self._chance.choices(self._words, cum_weights=self._weights, k=count))


class _Library:
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._languages = {"en": _Words([*COMMON.split(), *self._coined(WORDS)], self._chance)}
        self._languages |= {name: _Words(self._spelt(name, letters), self._chance) for name, letters in SCRIPTS.items()}
        self._artists = _Words([self._title("en", 2).title() for _ in range(ARTISTS)], self._chance)
        self._genres = _Words(GENRES.split(), self._chance)

    def track(self, number: int) -> Track:
        language = self._chance.choices(["en", *SCRIPTS], [80, 5, 5, 5, 5])[0]
        title, album = (self._title(language, self._chance.randint(1, 5)) for _ in range(2))
        genre = self._genres.draw()
        artist = self._artists.draw() if language == "en" else self._title(language, 2)
        year = 1960 + number % 65
        tags = [f"genre:{genre}", f"lang:{language}", f"artist:{artist}", f"album:{album}", f"year:{year}"]
        return Track(
            track_id=TrackId(f"{number:026}"),
            alias=alias_of(artist, f"{title} {number}"),
            title=title.title(),
            artists=(artist,),
            album=album.title(),
            duration_ms=Milliseconds(200_000),
            sample_rate=44_100,
            channels=2,
            genres=(genre,),
            date=f"{year}",
            isrc=f"XXABC{number:07}",
            tags=tuple(tags if number % 50 else [*tags, "hidden"]),
        )

    def _title(self, language: str, count: int) -> str:
        title = self._languages[language].draw(count)
        return title.replace(" ", "") if language == "ja" else title

    def _coined(self, count: int) -> list[str]:
        return ["".join(self._chance.choices(SYLLABLES.split(), k=self._chance.randint(2, 5))) for _ in range(count)]

    def _spelt(self, language: str, letters: str) -> list[str]:
        longest = 2 if language == "ja" else 8
        return [
            "".join(self._chance.choices(letters, k=self._chance.randint(1, longest))) for _ in range(FOREIGN_WORDS)
        ]
