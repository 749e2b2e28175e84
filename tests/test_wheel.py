"""The wheel holds all that a server needs: it serves from it alone, without the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from api_queue import __version__
from tests.live import live_server, until

ROOT = Path(__file__).parents[1]
SOURCES = ["api_queue", "static", "config", "setup.cfg", "pyproject.toml", "README.md", "LICENSE"]
#: Makes the demo music, which the wheel has: whoever makes it anew has a checkout.
LEFT_OUT = {"songs", "synthesis", "synthesise.py"}
BUILD = "import sys; from setuptools import build_meta; build_meta.build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the wheel would put into site-packages; built from a copy, since building leaves traces."""
    folder = tmp_path_factory.mktemp("wheel")
    copy = folder / "copy"
    copy.mkdir()
    for name in SOURCES:
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, copy / name)
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=copy, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def files_of(folder: Path) -> set[str]:
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return {str(path) for path in paths if not any(part.startswith((".", "__pycache__")) for part in path.parts)}


def test_it_has_each_file_of_the_package(installed: Path) -> None:
    shipped = files_of(installed / "api_queue")
    assert files_of(ROOT / "api_queue") <= shipped
    assert {f"static/{name}" for name in files_of(ROOT / "static")} <= shipped
    config = {f"config/{name}" for name in files_of(ROOT / "config")}
    assert {name for name in config if not LEFT_OUT & set(Path(name).parts)} <= shipped


def test_it_has_no_more_than_that(installed: Path) -> None:
    strangers = [name for name in files_of(installed) if not name.startswith(("api_queue/", "api_queue-"))]
    making = [name for name in files_of(installed / "api_queue") if LEFT_OUT & set(Path(name).parts)]
    assert (strangers, making) == ([], [])


def test_its_command_says_the_version(installed: Path) -> None:
    """`-S` and the folders by name: no .pth file leads back to the checkout."""
    packages = next(path for path in sys.path if path.endswith("site-packages"))
    command = [sys.executable, "-S", "-m", "api_queue", "version"]
    environment = {**os.environ, "PYTHONPATH": f"{installed}:{packages}"}
    said = subprocess.run(command, cwd=installed, env=environment, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == __version__


def test_it_serves_the_pages_and_the_demo_music(installed: Path) -> None:
    of_the_wheel = {"PYTHONPATH": str(installed)}
    with live_server(installed, "--workers", "1", environment=of_the_wheel) as server, server.client() as client:
        until(lambda: client.get("/tracks").json()["total"] == 10, "all demo tracks are known")
        assert client.get("/queue/party/", headers={"Accept": "text/html"}).status_code == 200
        assert client.get("/static/js/guest.js").status_code == 200
