"""Programs that a test needs: missing ones skip at home, and fail where everything must be tested."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def needs(program: str, package: str = "", places: str | None = None) -> str:
    """The path of `program`; `package` is its Debian package where the names differ, `places` where it is if not in
    PATH.
    """
    return shutil.which(program, path=places) or _missing(package or program)


def needs_library(pattern: str, package: str) -> str:
    """The path of a file below /usr/lib."""
    return next((f"{path}" for path in Path("/usr/lib").glob(pattern)), "") or _missing(package)


def _missing(package: str) -> NoReturn:
    reason = f"install the package {package}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def chromium() -> str:
    """The path of one. That without windows does the same pages for half the work."""
    return shutil.which("chromium-headless-shell") or needs("chromium")
