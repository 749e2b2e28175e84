"""The table of access against the routes that the server really has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sanic import Sanic

from api_queue.accounts.access import ACCESS, LIMITED, QUEUE_IN_BODY, WRITING_GETS
from api_queue.app import create_app
from api_queue.settings import Settings
from api_queue.web.access_rules import undeclared


@pytest.fixture
def app(tmp_path: Path) -> Iterator["Sanic[Any, Any]"]:
    Sanic.test_mode = True
    app = create_app(Settings(data=tmp_path, redis_url="unix:///not/connected/here"))
    yield app
    Sanic._app_registry.pop(app.name)


async def test_each_route_says_who_may_call_it(app: "Sanic[Any, Any]") -> None:
    assert undeclared(app, ACCESS) == []


def test_limits_and_exceptions_are_of_routes_in_the_table() -> None:
    paths = {path for _, path in ACCESS}
    assert set(LIMITED) <= set(ACCESS)
    assert paths >= WRITING_GETS | QUEUE_IN_BODY


def test_nothing_that_writes_is_open_but_the_ways_to_log_in() -> None:
    open_writes = {
        path for (method, path), access in ACCESS.items() if method != "GET" and access in {"public", "open"}
    }
    users = {"/users/register", "/users/password", "/users/delete"}  # which take a password, or ask for one
    lists = "/api/v1/tracklists"
    looks = {f"{lists}/parse", f"{lists}/<tracklist_id>/tracks/validate-timing", "/api/v1/cue/validate"}  # keep nothing
    devices = {"/devices/register", "/devices/claim"}  # of which a host lets in whom nobody knows
    assert open_writes == {
        "/auth",
        "/auth/refresh",
        "/auth/logout",
        "/token",
        "/refresh-token",
        "/revoke-token",
        "/api/misc/analytics.json",  # of which nothing is kept
        *users,
        *devices,
        *looks,
    }


def test_each_login_and_each_command_is_limited() -> None:
    logins = {path for (_, path), klass in LIMITED.items() if klass == "login"}
    assert logins == {"/auth", "/token", "/users/password", "/users/delete"}
    renewals = {path for (_, path), klass in LIMITED.items() if klass == "renew"}
    assert renewals == {"/auth/refresh", "/auth/logout", "/refresh-token", "/revoke-token"}
    commands = {line for line in ACCESS if "/command/" in line[1]}
    assert {LIMITED[line] for line in commands} == {"control"}
