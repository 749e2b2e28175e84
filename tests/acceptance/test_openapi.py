"""Our own OpenAPI, asked by schemathesis as every role. `make fuzz` asks for longer."""

from pathlib import Path

from tests.fuzz.api import UNLIMITED, faults
from tests.house import a_house

EXAMPLES = 2


async def test_no_answer_is_a_fault_of_ours_or_undeclared(redis_url: str, furnished: Path, tmp_path: Path) -> None:
    async with a_house(redis_url, furnished, tmp_path, **UNLIMITED) as house:
        assert await faults(house, EXAMPLES, askers=1) == []
