"""Programs that a test needs: missing ones skip at home, and fail where everything must be tested."""

import os
import shutil

import pytest


def needs(program: str, package: str = "", places: str | None = None) -> str:
    """The path of `program`; `package` is its Debian package where the names differ, `places` where it is if not in
    PATH.
    """
    if path := shutil.which(program, path=places):
        return path
    reason = f"install the package {package or program}"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def chromium() -> str:
    """The path of one. That without windows does the same pages for half the work."""
    return shutil.which("chromium-headless-shell") or needs("chromium")
