"""The stand-in of the Bot Framework runs as a process of its own, and tells another process what it was told."""

import jwt
import teams_activities as activities
import teams_ids as ids
from teams_process import TeamsProcess
from yarl import URL

FORM = {
    "grant_type": "client_credentials",
    "client_id": ids.APP,
    "client_secret": ids.APP_SECRET,
    "scope": "https://api.botframework.com/.default",
}


async def test_another_process_posts_to_many_people_and_is_told_what_arrived():
    people = ids.many_users(3)
    async with TeamsProcess.running("--users", "3", "--unlimited") as teams:
        async with teams.session.post(teams.token_url, data=FORM) as response:
            token = (await response.json())["access_token"]

        for person in people:
            url = URL(f"{teams.service_url}v3/conversations/{ids.personal_of(person)}/activities")
            body = {"type": "message", "summary": "Lock the shed.", "attachments": [{"content": {}}]}
            await teams.session.post(url, json=body, headers={"Authorization": f"Bearer {token}"})
        calls = await teams.calls(1, count=3, wait_s=5)
        violations = await teams.violations()

    assert [call["conversation"] for call in calls] == [ids.personal_of(person) for person in people]
    assert {(call["name"], call["status"], str(call["body"])) for call in calls} == {
        ("send", 201, "{'type': 'message', 'summary': 'Lock the shed.'}")
    }
    assert [call["at"] for call in calls] == sorted(call["at"] for call in calls)
    assert violations == []


async def test_activities_are_made_for_the_other_process_with_its_address_and_token():
    async with TeamsProcess.running() as teams:
        live = teams.live(activities.message())
        claims = jwt.decode(teams.bearer(), options={"verify_signature": False})

    assert live["serviceUrl"] == claims["serviceurl"] == teams.service_url
