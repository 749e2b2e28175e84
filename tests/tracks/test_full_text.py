"""Searching, through the store."""

import hashlib
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from api_queue.tracks.models import EVERYTHING, Reading, Search, TagFilter, Track, alias_of, facts_of, offered
from api_queue.tracks.questions import TAG, tag_word
from api_queue.tracks.store import SqlStore
from api_queue.types import Milliseconds, TrackId

SONGS = [
    ("Bohemian Rhapsody", "Queen", "A Night at the Opera", ("genre:Rock", "lang:en")),
    ("Don't Stop Me Now", "Queen", "Jazz", ("genre:Rock", "lang:en")),
    ("Killer Queen", "Somebody Else", "Covers", ("genre:Rock", "hidden")),
    ("Halo", "Beyoncé", "I Am... Sasha Fierce", ("genre:Pop", "lang:en")),
    ("Back in Black", "AC/DC", "Back in Black", ("genre:Hard Rock",)),
    ("Take Me to Church", "Hozier", "Hozier", ("genre:Indie",)),
    ("丸の内サディスティック", "椎名林檎", "無罪モラトリアム", ("genre:J-Pop", "lang:ja")),
    ("残酷な天使のテーゼ", "高橋洋子", "新世紀エヴァンゲリオン", ("genre:Anime", "lang:ja")),
    ("Группа крови", "Кино", "Группа крови", ("lang:ru",)),
    ("강남스타일", "싸이", "싸이6甲", ("lang:ko",)),
    ("Τα παιδιά του Πειραιά", "Μελίνα Μερκούρη", "", ("lang:el",)),
    ("أنت عمري", "أم كلثوم", "", ("lang:ar",)),
    ("तुम ही हो", "अरिजीत सिंह", "आशिकी 2", ("lang:hi",)),
    ("ก้อนหินก้อนนั้น", "โรส ศิรินทิพย์", "", ("lang:th",)),
    ("Hyperballad", "Björk", "Post", ("genre:Electronic",)),
]


def track(title: str, artist: str = "", album: str = "", tags: Sequence[str] = ()) -> Track:
    return Track(
        track_id=TrackId(hashlib.md5(f"{artist}/{title}".encode()).hexdigest()[:26]),
        alias=alias_of(artist, title),
        title=title,
        artists=(artist,),
        album=album,
        duration_ms=Milliseconds(1000),
        sample_rate=44_100,
        channels=2,
        tags=tuple(tags),
    )


async def put(store: SqlStore, *tracks: Track) -> None:
    await store.write([Reading(path=f"/{t.track_id}", size=1, mtime_ns=1, track=t) for t in tracks])
    await store.learn_words()


@pytest.fixture
async def songs(store: SqlStore) -> SqlStore:
    await put(store, *(track(*song) for song in SONGS))
    return store


async def titles(store: SqlStore, q: str, tag_filter: TagFilter = EVERYTHING) -> list[str]:
    return [found.title for found in (await store.search(Search(q, tag_filter))).tracks]


TYPED = [
    ("bohemian rhapsody", "Bohemian Rhapsody"),
    ("rhapsody queen", "Bohemian Rhapsody"),
    ("bohem", "Bohemian Rhapsody"),
    ("bohemain rapsody", "Bohemian Rhapsody"),
    ("boemian", "Bohemian Rhapsody"),
    ("dont stop", "Don't Stop Me Now"),
    ("don’t stop", "Don't Stop Me Now"),
    ("dnot stopp", "Don't Stop Me Now"),
    ("beyonce", "Halo"),
    ("BEYONCÉ halo", "Halo"),
    ("byonce", "Halo"),
    ("acdc", "Back in Black"),
    ("ac/dc", "Back in Black"),
    ("ac dc blakc", "Back in Black"),
    ("hozeir", "Take Me to Church"),
    ("丸の内", "丸の内サディスティック"),
    ("の内", "丸の内サディスティック"),
    ("さでぃす", "丸の内サディスティック"),
    ("林檎", "丸の内サディスティック"),
    ("天使のテーゼ", "残酷な天使のテーゼ"),
    ("残酷の天使のテーゼ", "残酷な天使のテーゼ"),
    ("группа", "Группа крови"),
    ("КИНО", "Группа крови"),
    ("грппа крви", "Группа крови"),
    ("강남", "강남스타일"),
    ("παιδια πειραια", "Τα παιδιά του Πειραιά"),
    ("انت", "أنت عمري"),
    ("तुम", "तुम ही हो"),
    ("หิน", "ก้อนหินก้อนนั้น"),
    ("bjork", "Hyperballad"),
    ("bjrok hyperbalad", "Hyperballad"),
]


async def test_it_is_found_however_it_was_typed(songs: SqlStore) -> None:
    first = {typed: (await titles(songs, typed))[:1] for typed, _ in TYPED}

    assert first == {typed: [title] for typed, title in TYPED}


async def test_a_title_weighs_more_than_an_album(store: SqlStore) -> None:
    await put(store, track("Other", "X", "Sunrise"), track("Sunrise", "Y", "Other"), track("Third", "Sunrise", "Z"))

    assert await titles(store, "sunrise") == ["Sunrise", "Third", "Other"]


async def test_the_title_that_was_typed_whole_goes_before_names_like_it(store: SqlStore) -> None:
    await put(
        store, track("Rising Sunrise", "Sunrise"), track("Sunrise", "Band", "A Long Album"), track("Go", "Sunrise")
    )

    assert (await titles(store, "sunrise"))[0] == "Sunrise"
    assert (await titles(store, "rising sunrise"))[0] == "Rising Sunrise"


async def test_what_was_typed_goes_before_what_may_have_been_meant(store: SqlStore) -> None:
    await put(store, track("Quentin"), track("Queen"))

    assert await titles(store, "quen") == ["Quentin", "Queen"]


async def test_nothing_is_found_for_what_is_not_there(songs: SqlStore) -> None:
    assert await titles(songs, "xyzzyq") == []
    assert await titles(songs, "!!!") == []
    assert await titles(songs, "queen xyzzyq") == []


async def test_an_empty_question_lists_by_artist_and_title(songs: SqlStore) -> None:
    listed = (await songs.search(Search(" ", limit=4))).tracks

    assert [(t.artist, t.title) for t in listed] == [
        ("AC/DC", "Back in Black"),
        ("Beyoncé", "Halo"),
        ("Björk", "Hyperballad"),
        ("Hozier", "Take Me to Church"),
    ]


async def test_pages_of_an_answer(songs: SqlStore) -> None:
    first = await songs.search(Search("queen", limit=2))
    second = await songs.search(Search("queen", limit=2, offset=2))

    assert (first.total, len(first.tracks), len(second.tracks)) == (3, 2, 1)
    assert {t.title for t in [*first.tracks, *second.tracks]} == {
        "Bohemian Rhapsody",
        "Don't Stop Me Now",
        "Killer Queen",
    }


async def test_a_question_within_what_is_offered(songs: SqlStore) -> None:
    assert await titles(songs, "queen", TagFilter.of(["-hidden"])) == await titles(
        songs, "queen", TagFilter.of(["lang:en"])
    )
    assert "Killer Queen" not in await titles(songs, "queen", TagFilter.of(["-hidden"]))


async def test_what_is_not_offered_is_not_misspelt_either(songs: SqlStore) -> None:
    # Given words that are somewhere in the library, but not in what is offered
    japanese = TagFilter.of(["lang:ja"])
    await put(songs, track("Haloo", "林檎", tags=["lang:ja"]))
    # Then nothing is guessed for them
    assert await titles(songs, "killer queen", japanese) == []
    # But errors are corrected within the offer
    assert await titles(songs, "halou", japanese) == ["Haloo"]


async def test_only_so_much_is_corrected_as_has_to_be(store: SqlStore) -> None:
    await put(store, track("Form", "Band"), track("From Dusk", "Band"), track("Farm Dusk", "Land"))

    assert await titles(store, "form dsuk") == ["From Dusk", "Farm Dusk"]
    assert await titles(store, "from dsuk") == ["From Dusk"]


async def test_all_words_that_are_nowhere_are_corrected(store: SqlStore) -> None:
    await put(store, track("Stairway to Heaven", "Led Zeppelin"))

    assert await titles(store, "sairway to haven lde zepelin") == ["Stairway to Heaven"]


async def test_no_tag_can_be_typed(songs: SqlStore) -> None:
    assert await titles(songs, TAG) == await titles(songs, tag_word("lang:ja")) == []


async def test_an_isrc_is_found_and_corrects_nobody(store: SqlStore) -> None:
    await put(store, replace(track("One"), isrc="USRC17607839"))

    assert await titles(store, "usrc17607839") == ["One"]
    assert await titles(store, "usrc17607838") == []


# -- more hits than are ranked ---------------------------------------------------------------------------------


@pytest.fixture
async def many(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> SqlStore:
    """Three hits of each part are ranked; `love` has nineteen, nine of them only in the album."""
    monkeypatch.setattr("api_queue.tracks.search._RANKED", 3)
    long = [track(f"Love and {word} and so on", "Band", "Album") for word in "abcdefgh"]
    await put(store, *long, track("My Love", "Band"), track("Love", "Band"), track("Long Title", "The Love"))
    await put(store, *(track(f"Song {number}", "Band", "Love") for number in range(8)))
    return store


async def test_the_nearest_of_very_many_is_first(many: SqlStore) -> None:
    assert (await titles(many, "lov"))[:3] == ["Love", "My Love", "Long Title"]


async def test_a_new_title_is_ranked_by_its_length_once_it_is_new(many: SqlStore) -> None:
    await put(many, track("Lovely", "Band"))

    assert set((await titles(many, "lov"))[:2]) == {"Love", "Lovely"}


async def test_titles_and_artists_come_before_albums(many: SqlStore) -> None:
    found = await titles(many, "love")

    assert all("Love" in title for title in found[:10] if title != "Long Title")
    assert all(title.startswith("Song") for title in found[11:])


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 7, 50])
@pytest.mark.parametrize("q", ["love", "l", "", "band lvoe"])
async def test_pages_have_each_hit_once(many: SqlStore, q: str, limit: int) -> None:
    total = (await many.search(Search(q, limit=1))).total
    pages = [await many.search(Search(q, limit=limit, offset=offset)) for offset in range(0, total, limit)]

    ids = [found.track_id for page in pages for found in page.tracks]
    assert len(ids) == len(set(ids)) == total > 10
    assert {page.total for page in pages} == {total}


async def test_genres_are_found_too(songs: SqlStore) -> None:
    assert await titles(songs, "indie") == ["Take Me to Church"]


async def test_no_question_breaks_the_index(songs: SqlStore) -> None:
    for typed in ('"', "a OR b", "title:x", "NEAR(a b)", "*", "^a", "{a}", "a'b\"c", "\x00", "(", "-a", "a" * 5000):
        await songs.search(Search(typed))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.text())
async def test_nor_does_any_text(songs: SqlStore, typed: str) -> None:
    found = await songs.search(Search(typed))
    assert found.total >= len(found.tracks)


TAGS = st.lists(st.sampled_from(["genre:rock", "lang:en", "lang:ja", "-hidden", "-lang:ja", "hidden"]), max_size=3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(TAGS, TAGS, TAGS)
async def test_sql_offers_what_the_rule_says(
    songs: SqlStore, wanted: list[str], forced: list[str], hidden: list[str]
) -> None:
    tag_filter = TagFilter.of(wanted, forced, hidden)

    by_rule = {song[0] for song in SONGS if offered(facts_of(track(*song)).tags, tag_filter)}

    assert {t.title async for t in songs.tracks(tag_filter)} == by_rule
