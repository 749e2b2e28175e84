"""The list of tokens as the admin's terminal shows it."""

from datetime import UTC, datetime

import pytest

from api_queue.accounts.token_commands import create_token, list_tokens
from tests.accounts.house import PARTY, House


async def cells(house: House) -> dict[str, str]:
    """The only token, by heading: columns begin where their headings do."""
    heading, row = (await list_tokens(house.tokens)).splitlines()
    names = ["id", "role", "queue", "label", "made", "until", "uses", "last used"]
    starts = [heading.index(name) for name in names]
    ends = [*starts[1:], None]
    return {name: row[start:end].strip() for name, start, end in zip(names, starts, ends, strict=True)}


async def test_without_tokens_there_are_the_headings(house: House) -> None:
    assert " ".join((await list_tokens(house.tokens)).split()) == "id role queue label made until uses last used"


async def test_a_token_without_bounds(house: House) -> None:
    token, _ = await house.tokens.create("admin")
    made = datetime.fromtimestamp(token.created_at_ms / 1000, UTC)
    assert await cells(house) == {
        "id": token.token_id,
        "role": "admin",
        "queue": "-",
        "label": "-",
        "made": made.strftime("%Y-%m-%d %H:%M"),
        "until": "-",
        "uses": "0",
        "last used": "-",
    }


async def test_a_token_of_a_queue_that_was_swapped_once(house: House) -> None:
    value = await create_token(house.tokens, "host", PARTY, label="the bar", ttl_s=60, max_uses=2)
    await house.tokens.use(value)
    shown = await cells(house)
    assert (shown["queue"], shown["label"], shown["uses"]) == ("party", "the bar", "1/2")
    assert shown["until"] >= shown["made"]
    assert shown["last used"] != "-"


async def test_a_revoked_one_says_so_in_the_place_of_its_end(house: House) -> None:
    token, _ = await house.tokens.create("host", PARTY, ttl_s=60)
    await house.tokens.revoke(token.token_id)
    assert (await cells(house))["until"] == "revoked"


async def test_no_line_ends_in_spaces(house: House) -> None:
    await house.tokens.create("admin", label="a label that is far longer than its heading")
    await house.tokens.create("host", PARTY)
    assert all(line == line.rstrip() for line in (await list_tokens(house.tokens)).splitlines())


@pytest.mark.parametrize(
    ("label", "shown"),
    [
        ("bar\nfake  admin", "bar?fake  admin"),
        ("\x1b[31mred\x1b[0m", "?[31mred?[0m"),
        ("\x1b]0;title\x07", "?]0;title?"),
        ("bar\u202etxt.exe", "bar?txt.exe"),
        ("die Theke – 東京", "die Theke – 東京"),
    ],
)
async def test_a_label_cannot_write_on_the_terminal(house: House, label: str, shown: str) -> None:
    await house.tokens.create("host", PARTY, label=label)
    assert (await cells(house))["label"] == shown
