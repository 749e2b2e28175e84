from api_queue.tracklists.page import read_page
from api_queue.tracklists.site_export import site_export
from tests.tracklists.site.pages import tracklist


def test_a_list_is_exported_line_for_line_as_the_site_does() -> None:
    assert site_export(read_page(tracklist()).facts).splitlines() == [
        "Ada Lovelace @ Main Stage, Harbour Days, Porto, Portugal 2025-06-14",
        "",
        "[00:00] Nova Kin - First Light [NORTH]",
        "w/ Ida & Oz ft. Mia - Tidal (Nova Kin Remix) [NORTH/SALT/WATER]",
        "[03:35] Jean-Luc - Half-Way - There (Intro Edit)",
        '[06:10] Pim "The Pin" - Don\'t <Stop> & Go [PIN & CO]',
        "[10:55] Ida vs. Oz - One vs. Two (Ada Mashup) [SALT]",
        "[18:00] ID - ID",
        "[23:20] Ada Lovelace - ID",
        "[31:02] Vera - Nightfall (ID Remix)",
        "Vera - Nobody Timed This",
        "[1:03:26] Ada Lovelace - The End [NORTH]",
        "",
        "Please set a backlink to keep the tracklist up-to-date: https://1001.tl/2abc9xyz",
    ]
