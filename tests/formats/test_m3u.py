from api_queue.formats.m3u import Entry, write


def test_each_entry_has_its_length_title_and_place() -> None:
    entries = [Entry(183, "Band - One", "/music/one.flac"), Entry(0, "Ünïcode – 曲", "/music/曲.flac")]
    assert write(entries).splitlines() == [
        "#EXTM3U",
        "#EXTINF:183,Band - One",
        "/music/one.flac",
        "#EXTINF:0,Ünïcode – 曲",
        "/music/曲.flac",
    ]


def test_a_part_of_a_file_says_from_where_to_where() -> None:
    entries = [Entry(3, "Song 2", "/set.flac", (123_450, 126_450)), Entry(1, "One", "/one.flac")]
    assert write(entries).splitlines()[1:-2] == [
        "#EXTINF:3,Song 2",
        "#EXTVLCOPT:start-time=123.450",
        "#EXTVLCOPT:stop-time=126.450",
        "/set.flac",
    ]


def test_no_title_and_no_place_makes_lines_of_its_own() -> None:
    entries = [Entry(1, "One\n/etc/passwd", "/one.flac"), Entry(1, "Two", "/two\n/etc/passwd")]
    assert write(entries).splitlines() == ["#EXTM3U", "#EXTINF:1,One /etc/passwd", "/one.flac"]


def test_an_empty_night() -> None:
    assert write([]) == "#EXTM3U\n"
