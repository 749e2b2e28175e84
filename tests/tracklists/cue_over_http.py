"""What the tests of `/cue` send, and what they want to come of it."""

from typing import Any

import httpx

from tests.house import House

CUE = "/api/v1/cue"
LIST: dict[str, Any] = {
    "dj_name": "Carl Cox",
    "event_name": "Tomorrowland 2024",
    "date": "2024-07-20",
    "genres": ["Techno"],
    "tracks": [
        {"artist": "Carl Cox", "title": "The Revolution Continues", "start_time": "00:00", "end_time": "04:00"},
        {
            "artist": "Joris Voorn",
            "title": "Ringo",
            "start_time": "04:00",
            "bpm": 128.0,
            "key": "Am",
            "label": "Rejected",
        },
    ],
}
#: Of the inline list above, in `standard`.
SHEET = (
    'REM GENRE "Techno"\r\n'
    "REM DATE 2024\r\n"
    'PERFORMER "Carl Cox"\r\n'
    'TITLE "Carl Cox @ Tomorrowland 2024"\r\n'
    'FILE "Carl Cox @ Tomorrowland 2024.wav" WAVE\r\n'
    "  TRACK 01 AUDIO\r\n"
    '    TITLE "The Revolution Continues"\r\n'
    '    PERFORMER "Carl Cox"\r\n'
    "    INDEX 01 00:00:00\r\n"
    "  TRACK 02 AUDIO\r\n"
    '    TITLE "Ringo"\r\n'
    '    PERFORMER "Joris Voorn"\r\n'
    "    REM BPM 128\r\n"
    '    REM KEY "Am"\r\n'
    '    REM LABEL "Rejected"\r\n'
    "    INDEX 01 04:00:00\r\n"
)


async def a_member(house: House) -> httpx.AsyncClient:
    """Who may make files."""
    _, value = await house.parts.tokens.create("member")
    client = house.nobody()
    client.headers["Authorization"] = f"Bearer {value}"
    return client


async def generated(author: httpx.AsyncClient, **changes: Any) -> dict[str, Any]:
    answer = await author.post(f"{CUE}/generate", json={"tracklist": LIST} | changes)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def stored_list(author: httpx.AsyncClient, **changes: Any) -> str:
    answer = await author.post("/api/v1/tracklists/manual", json=LIST | changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def refused(author: httpx.AsyncClient, path: str, body: Any, status: int = 422) -> dict[str, Any]:
    """The problem, but for the id that each request has."""
    answer = await author.post(f"{CUE}{path}", json=body)
    assert answer.status_code == status, answer.text
    return {name: value for name, value in answer.json().items() if name != "request_id"}
