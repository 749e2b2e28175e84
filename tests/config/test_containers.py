"""The image and what stands around it, as far as it can be told without building: `make check` has the checkers too."""

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from tests.test_wheel import SOURCES

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "config/compose.yaml"
GIVEN = {"PUBLIC_URL": "https://party.example", "MQTT_PASSWORD": "secret-of-the-broker"}


def composed(**given: str) -> "subprocess.CompletedProcess[str]":
    """By Docker's own program, which needs no Docker for it."""
    program = Path(sys.executable).with_name("docker-compose")
    command = [f"{program}", "--file", f"{COMPOSE}", "--profile", "postgres", "config", "--format", "json"]
    environment = {"PATH": os.environ["PATH"], **given}
    return subprocess.run(command, check=False, env=environment, capture_output=True, text=True)


@cache
def services() -> dict[str, dict[str, Any]]:
    done = composed(**GIVEN)
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = json.loads(done.stdout)["services"]
    return found


def test_what_has_no_default_is_asked_for_with_a_sentence() -> None:
    said = composed(PUBLIC_URL="https://party.example")
    assert said.returncode != 0
    assert "MQTT_PASSWORD is missing a value: a password of your choice for the broker" in said.stderr


def test_no_part_may_do_more_than_it_must() -> None:
    for name, service in services().items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert "privileged" not in service, name
        assert service.get("read_only") or name == "nginx", name


def test_nothing_but_nginx_and_its_ports_is_reached_from_outside() -> None:
    published = {name: [port["target"] for port in service.get("ports", [])] for name, service in services().items()}
    assert {name: ports for name, ports in published.items() if ports} == {"nginx": [80, 443, 1883]}


def test_each_image_of_others_is_of_one_release() -> None:
    images = [service["image"] for name, service in services().items() if name != "server"]
    images += re.findall(r"^ARG PYTHON=(.*)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    assert [image for image in images if not re.search(r"\d+\.\d+(\.\d+)?(-slim)?(-bookworm)?$", image)] == []


def test_each_file_that_is_mounted_is_there() -> None:
    volumes = [volume for service in services().values() for volume in service.get("volumes", [])]
    files = [volume["source"] for volume in volumes if volume["type"] == "bind" and "." in Path(volume["source"]).name]
    assert len(files) == 4
    assert [name for name in files if not Path(name).is_file()] == []


def test_the_image_gets_all_that_is_installed_and_no_secret() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert set(SOURCES) <= {line.removeprefix("!") for line in lines if line.startswith("!")}
    assert "*" in lines
    assert "config/api_keys.json" in lines


def test_its_health_is_asked_where_the_server_answers() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^HEALTHCHECK .*\\\n.*http://127\.0\.0\.1:8000/ready", text, re.MULTILINE)
    assert re.findall(r"^USER (.*)", text, re.MULTILINE) == ["8000:8000"]
