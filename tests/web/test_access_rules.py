"""The table of access against the routes of an app."""

from collections.abc import Iterator
from typing import Any

import pytest
from sanic import HTTPResponse, Sanic

from api_queue.errors import StartRefused
from api_queue.web.access_rules import AccessTable, rules_of, undeclared, unrouted
from api_queue.web.replies import empty

TABLE = AccessTable(
    access={("GET", "/a"): "public", ("POST", "/a/<x>/b"): "host", ("GET", "/a/<x>/c/<y>"): "helper"},
    limited={("POST", "/a/<x>/b"): "mint"},
    writing_gets=frozenset({"/a/<any>/c/<other>"}),
    queue_in_body=frozenset(),
)


async def handler(*_: object, **__: object) -> HTTPResponse:
    return empty()


@pytest.fixture
def app() -> Iterator["Sanic[Any, Any]"]:
    Sanic.test_mode = True
    app: Sanic[Any, Any] = Sanic("table", configure_logging=False)
    app.add_route(handler, "/a/", methods=["GET", "HEAD", "OPTIONS"], name="a")
    app.add_route(handler, r"/a/<name:[a-z]{1,3}>/b", methods=["POST"], name="b")
    app.add_route(handler, "/a/<name:str>/c/<id:int>", name="c")
    yield app
    Sanic._app_registry.pop("table")


def test_names_and_patterns_of_parameters_do_not_matter(app: "Sanic[Any, Any]") -> None:
    assert undeclared(app, TABLE.access) == []
    assert unrouted(app, TABLE.access) == []


def test_a_head_is_its_get_and_options_is_nobodys(app: "Sanic[Any, Any]") -> None:
    rules = {method: rule for (method, path), rule in rules_of(app, TABLE).items() if path.strip("/") == "a"}
    assert set(rules) == {"GET", "HEAD"}
    assert rules["GET"] == rules["HEAD"]


def test_a_rule_says_what_the_table_does(app: "Sanic[Any, Any]") -> None:
    rules = rules_of(app, TABLE)
    (post,) = [rule for (method, _), rule in rules.items() if method == "POST"]
    assert (post.access, post.limit, post.writes, post.audited) == ("host", "mint", True, True)
    (command,) = [rule for (_, path), rule in rules.items() if "/c/" in path]
    assert (command.access, command.limit, command.writes, command.audited) == ("helper", None, True, False)


def test_what_nobody_declared_is_named_and_refused(app: "Sanic[Any, Any]") -> None:
    app.add_route(handler, "/a/<name:str>/c/<id:int>", methods=["DELETE"], name="d")
    assert undeclared(app, TABLE.access) == [("DELETE", "a/<name:str>/c/<id:int>")]
    with pytest.raises(StartRefused, match="DELETE /a/"):
        rules_of(app, TABLE)


def test_what_no_route_answers_is_named(app: "Sanic[Any, Any]") -> None:
    assert unrouted(app, [*TABLE.access, ("PUT", "/a")]) == [("PUT", "/a")]
