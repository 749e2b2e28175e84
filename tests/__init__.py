"""Before any test is imported: on which engines they run (`tests/engines/`)."""

import os

if os.environ.get("TEST_SQL") == "postgres":
    from tests.engines import postgres

    postgres.take_over()
