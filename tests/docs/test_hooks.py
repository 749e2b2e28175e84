"""`make hooks`: no commit without `make check`."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.tracked import ROOT

#: As whoever has never said who they are.
NOBODY = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.org")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With our hooks in place, and a `make check` that looks for a file."""
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "kept"))
    folder = tmp_path / "repository"
    subprocess.run(["git", "init", "--quiet", folder], check=True)
    shutil.copy(ROOT / ".pre-commit-config.yaml", folder)
    (folder / "Makefile").write_text("check:\n\t@test -e good\n")
    subprocess.run(["git", "add", "."], cwd=folder, check=True)
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=folder, check=True, capture_output=True)
    return folder


def commits(folder: Path) -> bool:
    command = ["git", *NOBODY, "commit", "--quiet", "--message", "try"]
    return subprocess.run(command, cwd=folder, check=False, capture_output=True).returncode == 0


def test_what_fails_the_checks_is_not_committed(repository: Path) -> None:
    assert not commits(repository)
    (repository / "good").touch()
    assert commits(repository)
