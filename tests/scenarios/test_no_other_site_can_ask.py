"""promise 19, for the ask page: what another site sends is refused, what our own page sends is not."""

import pytest
from builders import a_bot
from pages import MakeClient

from adapters.web import application
from knowledge.library import Library

FROM_ELSEWHERE = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "{ours}"},
    {"Sec-Fetch-Site": ""},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": ""},
    {"Origin": "{ours}.evil.example"},
    {"Origin": "{ours}/"},
]
FROM_HERE = [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "{ours}"}]


@pytest.mark.parametrize("headers", FROM_ELSEWHERE, ids=str)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_what_another_site_sends_is_refused(
    aiohttp_client: MakeClient, sheds: Library, headers: dict[str, str], method: str
):
    client = await aiohttp_client(application.build(a_bot(sheds)))
    sent = {name: value.format(ours=client.make_url("").origin()) for name, value in headers.items()}

    response = await client.request(method, "/", data={"question": "hello"}, headers=sent)

    assert response.status == 403
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize("headers", FROM_HERE, ids=str)
async def test_what_our_own_page_sends_is_answered(aiohttp_client: MakeClient, sheds: Library, headers: dict[str, str]):
    client = await aiohttp_client(application.build(a_bot(sheds)))
    sent = {name: value.format(ours=client.make_url("").origin()) for name, value in headers.items()}

    response = await client.post("/", data={"question": "hello"}, headers=sent)

    assert response.status == 200


async def test_browsers_may_say_where_our_own_form_comes_from(aiohttp_client: MakeClient, sheds: Library):
    client = await aiohttp_client(application.build(a_bot(sheds)))

    response = await client.get("/")

    # With no-referrer a browser sends "Origin: null" with every form, and ours would be refused.
    assert response.headers["Referrer-Policy"] == "same-origin"
