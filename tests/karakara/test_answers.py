"""What all answers of a room have in common, whatever is asked."""

import pytest

from tests.karakara.a_room import Room

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_clients_can_read_each_answer(room: Room) -> None:
    """They look into the body alone: it is JSON, never empty and never null, and a refusal iff `status` says so."""
    bad = {"source": 1, "target": 1}
    async with room.host() as host, room.singer() as ana:
        number = await room.add(host)
        answers = [
            *[await ana.post("queue.json", json=wish) for wish in (room.wish(), room.wish(""), {})],
            *[await client.put("queue.json", json=bad) for client in (host, ana)],
            *[await client.delete(f"queue/{number}.json") for client in (ana, host, host)],
            *[await client.get("command/stop.json") for client in (host, ana)],
            *[await client.put("settings.json", json={"title": title}) for client in (host, ana) for title in ("A", 5)],
            *[await ana.get(address) for address in ("settings.json", "queue.json", "nothing.json", "tracks.json")],
            *[await ana.get(f"{room.house.url}/api/misc/{address}") for address in ("time.json", "nothing.json")],
            await ana.post(f"{room.house.url}/api/misc/analytics.json", json={}),
            *[await ana.post("login.json", json=body) for body in ({"password": ""}, {})],
        ]
    for answer in answers:
        if not answer.is_redirect:
            assert answer.headers["content-type"] == "application/json"
            body = answer.json()
            status = body.get("status", 0) if isinstance(body, dict) else 0
            assert (body is None, answer.status_code) == (False, status or answer.status_code)
            assert answer.is_error == (status >= 400)
    assert {answer.status_code for answer in answers} == {200, 302, 400, 403, 404}
