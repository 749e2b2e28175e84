"""What a speaker says of itself, to people and to programs."""

import json

import pytest

from api_queue.clients.speaker.status import JsonLines, Sentences, Status, in_words
from api_queue.types import DeviceId

PLAYING = Status("playing", True, DeviceId("k"), title="Night Highway", artist="The Ferns", speaker_name="Kitchen")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (PLAYING, 'Playing "Night Highway" by The Ferns as Kitchen.'),
        (
            Status("playing", True, DeviceId("k"), title="Rain", artist="Ann", server_away=True),
            'Playing "Rain" by Ann as Kitchen. The server is away.',
        ),
        (Status("playing", False, DeviceId("k")), "Silent for now: a track as Kitchen."),
        (Status("paused", False, DeviceId("k"), title="Rain", artist="Ann"), 'Paused: "Rain" by Ann.'),
        (Status("stopped", False, DeviceId("k")), "Stopped: nothing is to be played."),
        (Status("spare", False, DeviceId("k"), speaker_name="Living room"), "Waiting: Living room is the speaker."),
        (Status("spare", False, DeviceId("k")), "Waiting: nobody is the speaker."),
    ],
)
def test_people_are_told_in_words(status: Status, sentence: str) -> None:
    assert in_words(status, "Kitchen") == sentence


def test_a_title_commands_no_terminal() -> None:
    status = Status("paused", False, DeviceId("k"), title="\x1b]0;gone\x07Rain\n", artist="Ann")

    assert in_words(status, "Kitchen") == 'Paused: "]0;goneRain" by Ann.'


def test_what_people_would_read_twice_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    show = Sentences("Kitchen")

    for generation in (1, 2):
        show(Status("stopped", False, DeviceId("k"), generation=generation), None)

    assert capsys.readouterr().out == "Stopped: nothing is to be played.\n"


def test_programs_are_told_of_each_change_with_the_place_and_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    show = JsonLines()

    for position_ms in (1_000, 2_000):
        show(PLAYING, position_ms)

    line = json.loads(capsys.readouterr().out)
    assert (line["state"], line["audible"], line["title"], line["position_ms"]) == (
        "playing",
        True,
        "Night Highway",
        1_000,
    )
    assert line["at_ms"] > 1_600_000_000_000
