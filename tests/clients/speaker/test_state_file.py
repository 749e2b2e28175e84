"""What a speaker keeps, and from whom."""

from pathlib import Path

import pytest

from api_queue.clients.speaker.state_file import Known, StateFile
from api_queue.errors import StartRefused
from api_queue.types import DeviceId, QueueName
from tests.clients.speaker.full_disk import files_of_at_most

PARTY = QueueName("party")
KNOWN = Known("http://party.local", PARTY, DeviceId("kitchen"), "aq_secret")


def test_what_was_kept_is_known_again_on_the_same_server_and_queue(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state")
    state.keep(KNOWN)

    assert state.known(KNOWN.server, PARTY) == state.known(KNOWN.server, None) == KNOWN
    assert state.known("http://elsewhere.local", PARTY) is None
    assert state.known(KNOWN.server, QueueName("garden")) is None
    state.close()


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    state = StateFile(tmp_path / "state")
    state.keep(KNOWN)
    state.close()

    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "state").iterdir()} == {0o600}


def test_a_file_that_was_cut_is_as_none(tmp_path: Path) -> None:
    state = StateFile(tmp_path)
    (tmp_path / "speaker.json").write_text('{"server":')

    assert state.known(KNOWN.server, PARTY) is None
    state.close()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StartRefused, match="cannot keep its state"):
        StateFile(tmp_path / "file" / "state")


def test_a_full_disk_is_named_and_what_was_kept_stays(tmp_path: Path) -> None:
    state = StateFile(tmp_path)
    state.keep(KNOWN)

    with (
        files_of_at_most(10),
        pytest.raises(StartRefused, match=f"cannot keep its state in {tmp_path}: File too large"),
    ):
        state.keep(Known(KNOWN.server, PARTY, DeviceId("hall"), "aq_other"))

    assert state.known(KNOWN.server, PARTY) == KNOWN
    state.close()


def test_a_second_program_with_the_same_state_is_refused(tmp_path: Path) -> None:
    state = StateFile(tmp_path)

    with pytest.raises(StartRefused, match=r"runs already .* --state"):
        StateFile(tmp_path)

    state.close()
    StateFile(tmp_path).close()
