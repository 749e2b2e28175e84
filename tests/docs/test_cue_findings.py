"""docs/cue-findings.md names each finding, and each finding is there."""

import re

from api_queue.formats.cue.findings import KINDS
from tests.docs.tracked import text_of

ROWS = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*) \|$", text_of("docs/cue-findings.md"), re.MULTILINE)


def test_the_page_says_what_is_told() -> None:
    sentences = {code: re.sub(r"{(\w+):[^}]*}", r"{\1}", kind.sentence) for code, kind in KINDS.items()}
    assert [(code, kind.severity, sentences[code]) for code, kind in KINDS.items()] == ROWS
