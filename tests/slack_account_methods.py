"""The Web API's methods about tokens and people as the stand-in of Slack keeps them."""

import slack_ids as ids
from slack_payloads import Json
from slack_world import TOKEN_LIVES_S, Refusal, Token, User, World


def auth_test(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/auth.test: whose token it is."""
    workspace = world.workspaces[token.team]
    about: Json = {
        "url": f"https://{workspace.name.lower().replace(' ', '-')}.slack.example/",
        "team": workspace.name,
        "team_id": workspace.team,
        "is_enterprise_install": False,
    }
    if workspace.enterprise:
        about["enterprise_id"] = workspace.enterprise
    return about | {"user": "signpost", "user_id": workspace.bot_user, "bot_id": workspace.bot}


def revoke(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/auth.revoke: the token is of no use afterwards."""
    if str(args.get("test", "")).lower() in {"1", "true"}:
        return {"revoked": False}
    token.error = "token_revoked"
    return {"revoked": True}


def user(world: World, token: Token, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/users.info: a person of one's team, or one met in a shared channel."""
    person = world.users.get(str(args.get("user", "")))
    if person is None or (person.team != token.team and not person.is_stranger and not _is_met(world, token, person)):
        raise Refusal("user_not_found")
    about: Json = {
        "id": person.id,
        "team_id": person.team,
        "name": person.name,
        "deleted": person.deleted,
        "real_name": person.name,
        "profile": {"real_name": person.name, "display_name": person.name, "team": person.team},
        "is_bot": person.is_bot,
        "is_app_user": False,
        "is_workflow_bot": person.is_workflow_bot,
        "updated": int(world.clock()),
    }
    if not person.deleted:
        about |= {
            "tz": person.tz,
            "is_admin": False,
            "is_owner": False,
            "is_restricted": person.is_restricted,
            "is_ultra_restricted": person.is_ultra_restricted,
        }
    if person.is_stranger:
        about["is_stranger"] = True
    if str(args.get("include_locale", "")).lower() in {"1", "true"}:
        about["locale"] = person.locale
    return {"user": about}


def _is_met(world: World, token: Token, person: User) -> bool:
    """Whether *person*, of another organisation, is in a channel with the app."""
    bot_user = world.workspaces[token.team].bot_user
    return any({person.id, bot_user} <= channel.members for channel in world.channels.values())


def exchange(world: World, args: Json) -> Json:
    """https://docs.slack.dev/reference/methods/oauth.v2.access: a code, or a refresh token, for a bot token.

    Both work once: https://docs.slack.dev/authentication/using-token-rotation.
    """
    if args.get("client_id") != ids.CLIENT_ID:
        raise Refusal("invalid_client_id")
    if args.get("client_secret") != ids.CLIENT_SECRET:
        raise Refusal("bad_client_secret")
    kind = args.get("grant_type") or "authorization_code"
    if kind == "authorization_code":
        return _installed(world, args)
    if kind == "refresh_token":
        return _refreshed(world, args)
    raise Refusal("invalid_grant_type")


def _installed(world: World, args: Json) -> Json:
    grant = world.grants.get(str(args.get("code", "")))
    if grant is None:
        raise Refusal("invalid_code")
    if grant.used:
        raise Refusal("code_already_used")
    if grant.redirect_uri and grant.redirect_uri != args.get("redirect_uri"):
        raise Refusal("bad_redirect_uri")
    grant.used = True
    answer = _token_answer(world, grant.team, grant.scopes) | {"authed_user": {"id": grant.user}}
    return answer | ({"team": None, "is_enterprise_install": True} if grant.whole_organisation else {})


def _refreshed(world: World, args: Json) -> Json:
    old = world.refreshes.pop(str(args.get("refresh_token", "")), None)
    if old is None:
        raise Refusal("invalid_refresh_token")
    if old.error:
        raise Refusal(old.error)
    return _token_answer(world, old.team, old.scopes)


def _token_answer(world: World, team: str, scopes: tuple[str, ...]) -> Json:
    workspace = world.workspaces[team]
    token, refresh = world.new_token(team, scopes)
    answer: Json = {
        "app_id": ids.APP,
        "access_token": token.value,
        "token_type": "bot",
        "scope": ",".join(scopes),
        "bot_user_id": workspace.bot_user,
        "team": {"id": team, "name": workspace.name},
        "enterprise": {"id": workspace.enterprise, "name": "The Trust of Trusts"} if workspace.enterprise else None,
        "is_enterprise_install": False,
    }
    return answer | ({"refresh_token": refresh, "expires_in": TOKEN_LIVES_S} if refresh else {})
