"""promise 55: all routes, errors and static files too, tell browsers to trust nothing else."""

import pytest
from aiohttp.test_utils import TestClient
from builders import a_bot
from pages import MakeClient

from adapters.web import application
from adapters.web.application import MOST_BODY_BYTES
from bot.app import PolicyBot
from bot.model import Answer
from knowledge.library import Library

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
EVERYTHING: dict[str, tuple[str, str, int, dict]] = {
    "ask page": ("GET", "/", 200, {}),
    "ask page, head": ("HEAD", "/", 200, {}),
    "an answer": ("POST", "/", 200, {"data": {"question": "do i lock the shed"}}),
    "an answer for the script": (
        "POST",
        "/",
        200,
        {"data": {"question": "hello"}, "headers": {"Signpost-Fragment": "1"}},
    ),
    "no question": ("POST", "/", 400, {"data": {"question": ""}}),
    "not a form": ("POST", "/", 415, {"data": b"hello", "headers": {"Content-Type": "text/plain"}}),
    "not UTF-8": ("POST", "/", 400, {"data": b"question=\xff", "headers": FORM}),
    "a large body": ("POST", "/", 413, {"data": b"a" * (MOST_BODY_BYTES + 1), "headers": FORM}),
    "another site's form": ("POST", "/", 403, {"data": {}, "headers": {"Sec-Fetch-Site": "cross-site"}}),
    "another method": ("DELETE", "/", 405, {}),
    "an expectation": ("POST", "/", 417, {"data": {"question": "hello"}, "headers": {"Expect": "a miracle"}}),
    "documents": ("GET", "/documents", 200, {}),
    "document": ("GET", "/documents/own/1", 200, {}),
    "clause": ("GET", "/documents/own/1/1", 200, {}),
    "no such page": ("GET", "/nowhere", 404, {}),
    "no such clause": ("GET", "/documents/own/1/9", 404, {}),
    "alive": ("GET", "/livez", 200, {}),
    "ready": ("GET", "/readyz", 200, {}),
    "style": ("GET", "/static/style.css", 200, {}),
    "script": ("GET", "/static/ask.js", 200, {}),
    "icon": ("GET", "/static/icon.svg", 200, {}),
    "part of a file": ("GET", "/static/style.css", 206, {"headers": {"Range": "bytes=0-9"}}),
    "a file not changed since": (
        "GET",
        "/static/style.css",
        304,
        {"headers": {"If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"}},
    ),
    "no such file": ("GET", "/static/none.css", 404, {}),
    "the folder of files": ("GET", "/static/", 403, {}),
}


@pytest.fixture
async def client(aiohttp_client: MakeClient, sheds: Library) -> TestClient:
    return await aiohttp_client(application.build(a_bot(sheds)))


@pytest.mark.parametrize("name", EVERYTHING)
async def test_the_response_carries_every_header(client: TestClient, name: str):
    method, path, status, how = EVERYTHING[name]

    response = await client.request(method, path, **how)

    assert response.status == status
    _carries_them_all(response.headers)


async def test_so_does_a_failure_of_ours(aiohttp_client: MakeClient, sheds: Library):
    class Broken(PolicyBot):
        def ask(self, text: str, **how: object) -> Answer:
            raise RuntimeError

    client = await aiohttp_client(application.build(Broken(sheds, sheds.organisations["garden"])))

    response = await client.post("/", data={"question": "hello"})

    assert response.status == 500
    _carries_them_all(response.headers)


async def test_so_does_the_page_for_too_many_questions(client: TestClient):
    statuses = []
    while 429 not in statuses and len(statuses) < 100:
        response = await client.post("/", data={"question": "hello"})
        statuses.append(response.status)

    assert statuses[-1] == 429
    _carries_them_all(response.headers)


async def test_so_does_not_being_ready(client: TestClient):
    await client.app.shutdown()

    response = await client.get("/readyz")

    assert response.status == 503
    _carries_them_all(response.headers)


async def test_no_route_is_left_out(client: TestClient):
    asked = [path for _, path, status, _ in EVERYTHING.values() if status < 400]

    for resource in client.app.router.resources():
        pattern = resource.get_info()
        if "prefix" in pattern:
            assert any(path.startswith(pattern["prefix"]) for path in asked), resource
        elif "pattern" in pattern:
            assert any(pattern["pattern"].fullmatch(path) for path in asked), resource
        else:
            assert pattern["path"] in asked, resource


def _carries_them_all(headers: object) -> None:
    policy = {
        name: values
        for name, *values in (part.split() for part in headers["Content-Security-Policy"].split(";"))  # type: ignore[index]
    }
    assert policy["default-src"] == ["'none'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["base-uri"] == ["'none'"]
    assert policy["form-action"] == ["'self'"]
    assert {source for sources in policy.values() for source in sources} == {"'self'", "'none'"}
    transport = headers["Strict-Transport-Security"]  # type: ignore[index]
    assert int(transport.partition("max-age=")[2].partition(";")[0]) >= 365 * 24 * 60 * 60
    assert headers["X-Content-Type-Options"] == "nosniff"  # type: ignore[index]
    assert headers["Cache-Control"] == "no-store"  # type: ignore[index]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"  # type: ignore[index]
    assert "aiohttp" not in headers["Server"].lower()  # type: ignore[index]
