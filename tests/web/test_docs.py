"""The description of the API is held against the server as it is."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sanic import Sanic

from api_queue import errors
from api_queue.accounts.access import ACCESS, TABLE
from api_queue.app import create_app
from api_queue.web.access_rules import routes
from api_queue.web.error_list import refusals
from api_queue.web.openapi import TAGS, describe
from tests.house import House, house_settings

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
LOCATIONS = {"path", "query", "header", "cookie"}
BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"


@pytest.fixture
def app(tmp_path: Path) -> "Iterator[Sanic[Any, Any]]":
    app = create_app(house_settings("redis://127.0.0.1:1", tmp_path))
    yield app
    Sanic._app_registry.pop(app.name, None)


@pytest.fixture
def document(app: "Sanic[Any, Any]") -> dict[str, Any]:
    return describe(app, TABLE)


def operations(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def braces(path: str) -> str:
    return "/" + re.sub(r"<(\w+)[^>]*>", r"{\1}", path).strip("/")


def references(part: object) -> list[str]:
    if isinstance(part, list):
        return [found for each in part for found in references(each)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [found for each in part.values() for found in references(each)]


def test_every_route_is_described_and_nothing_else(app: "Sanic[Any, Any]", document: dict[str, Any]) -> None:
    assert set(operations(document)) == {(method, braces(path)) for method, path in routes(app)}


def test_each_has_its_access(document: dict[str, Any]) -> None:
    access = {(method, braces(path)): needs for (method, path), needs in ACCESS.items()}
    for (method, path), operation in operations(document).items():
        needs = access["GET" if method == "HEAD" else method, path]
        assert operation["x-access"] == needs, path
        assert (operation["security"] == []) is (needs == "public"), path
        assert ({} in operation["security"]) is (needs in {"open", "guest", "singer"}), path


def test_each_says_what_it_is_for(document: dict[str, Any]) -> None:
    assert [key for key, operation in operations(document).items() if not operation["summary"]] == []


def test_rooms_refuse_in_the_form_of_their_clients(document: dict[str, Any]) -> None:
    for (_, path), operation in operations(document).items():
        in_room = path.startswith(("/api/room/", "/api/misc/", "/files/"))
        form = "RoomRefusal" if in_room else "Problem"
        assert operation["responses"]["default"] == {"$ref": f"#/components/responses/{form}"}, path
        assert not (in_room and "422" in operation["responses"]), path


def test_it_is_openapi(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(document["info"])
    assert {tag["name"] for tag in document["tags"]} == set(TAGS)
    ids = [operation["operationId"] for operation in operations(document).values()]
    assert len(ids) == len(set(ids))
    for path, methods in document["paths"].items():
        assert path.startswith("/")
        assert set(methods) <= METHODS


def test_each_operation_is_whole(document: dict[str, Any]) -> None:
    schemes = set(document["components"]["securitySchemes"])
    for (_, path), operation in operations(document).items():
        assert set(operation["tags"]) <= set(TAGS), path
        assert {name for way in operation["security"] for name in way} <= schemes, path
        parameters = [each for each in operation["parameters"] if "$ref" not in each]
        assert {each["in"] for each in parameters} <= LOCATIONS, path
        in_path = {each["name"] for each in parameters if each["in"] == "path" and each["required"]}
        assert in_path == set(re.findall(r"{(\w+)}", path)), path
        for status, answer in operation["responses"].items():
            assert re.fullmatch(r"[1-5]\d\d|default", status), path
            assert "$ref" in answer or answer["description"], path


def test_what_it_refers_to_is_there(document: dict[str, Any]) -> None:
    for reference in set(references(document)):
        place: Any = document
        for name in reference.removeprefix("#/").split("/"):
            place = place[name]


def test_a_body_has_the_bounds_that_are_enforced(document: dict[str, Any]) -> None:
    operation = operations(document)["POST", "/queue/{name}/items"]
    assert operation["requestBody"]["required"]
    shape = document["components"]["schemas"]["NewItem"]
    assert set(shape["required"]) == {"track_id", "performer_name"}
    assert shape["properties"]["track_id"]["maxLength"] == 200


async def test_it_is_served_as_written(house: House, document: dict[str, Any]) -> None:
    async with house.nobody() as client:
        served, page = await client.get("/docs/openapi.json"), await client.get("/docs")
    assert served.json() == msgspec.json.decode(msgspec.json.encode(document))
    assert page.headers["content-type"].startswith("text/html")
    assert "default-src 'self'" in page.headers["content-security-policy"]


def test_each_error_is_listed_with_the_status_it_gets() -> None:
    listed = {(refusal.code, refusal.sentence) for refusal in refusals()}
    ours = {
        (error.code, (error.__doc__ or "").strip())
        for error in vars(errors).values()
        if isinstance(error, type) and issubclass(error, errors.ApiQueueError)
    }
    never_answered = {errors.ApiQueueError, errors.StartRefused}
    assert ours - listed == {(error.code, error.__doc__) for error in never_answered}
    assert {refusal.status for refusal in refusals() if refusal.code == "queue_full"} == {429}


async def test_a_problem_leads_to_its_error(house: House) -> None:
    async with house.nobody() as client:
        problem = (await client.get("/queue/nowhere")).json()
        page = (await client.get(problem["type"], headers={"Accept": BROWSER})).text
        listed = (await client.get("/docs/errors")).json()["errors"]
    assert problem["type"] == "/docs/errors#unknown_queue"
    for error in listed:
        assert page.count(f'id="{error["code"]}"') == 1
    assert "There is no queue &#x27;{queue}&#x27;." in page


def test_the_docs_list_the_same_errors() -> None:
    lines = (Path(__file__).parents[2] / "docs/errors.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| `")]
    assert rows == [f"| `{each.code}` | {each.status} | {each.sentence} |" for each in refusals()]
