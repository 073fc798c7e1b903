"""Where the bot gets its tokens: Microsoft's login, and the two endpoints of managed identities."""

import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import teams_ids as ids
from aiohttp import web
from teams_ids import Json

SCOPE = "https://api.botframework.com/.default"
RESOURCE = "https://api.botframework.com"
LIVES_S = 3599

# https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes: status, error, and what is said.
ERRORS: Mapping[str, tuple[int, str, str]] = {
    "AADSTS50034": (400, "invalid_grant", "The user account does not exist in the directory."),
    "AADSTS53003": (400, "invalid_grant", "Access has been blocked by Conditional Access policies."),
    "AADSTS70003": (400, "unsupported_grant_type", "The app requested an unsupported grant type."),
    "AADSTS70011": (400, "invalid_scope", "The scope requested by the app is invalid."),
    "AADSTS90002": (400, "invalid_request", "Tenant not found. Check to make sure you have the correct tenant ID."),
    "AADSTS90033": (503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    "AADSTS500011": (400, "invalid_resource", "The resource principal was not found in the tenant."),
    "AADSTS700016": (400, "unauthorized_client", "Application was not found in the directory."),
    "AADSTS900144": (400, "invalid_request", "The request body must contain all parameters."),
    "AADSTS7000215": (401, "invalid_client", "Invalid client secret provided."),
    "AADSTS7000222": (401, "invalid_client", "The provided client secret keys are expired."),
}


def aad_error(code: str) -> web.Response:
    """What Microsoft's login answers for *code*, one of `ERRORS`."""
    status, error, said = ERRORS[code]
    body = {
        "error": error,
        "error_description": f"{code}: {said} Trace ID: {uuid.UUID(int=1)}",
        "error_codes": [int(code.removeprefix("AADSTS"))],
        "timestamp": time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime()),
        "trace_id": str(uuid.UUID(int=1)),
        "correlation_id": str(uuid.UUID(int=2)),
    }
    return web.json_response(body, status=status)


@dataclass(slots=True)
class Login:
    """Who may have a token, and which tokens the connector takes; `issued` says until when."""

    clock: Callable[[], float] = time.time
    tenant: str = ids.TENANT
    app: str = ids.APP
    secret: str = ids.APP_SECRET
    identity_header: str = ids.IDENTITY_HEADER
    lives_s: int = LIVES_S
    issued: dict[str, float] = field(default_factory=dict)

    def takes(self, token: str) -> bool:
        """Whether *token* is one of ours and still good."""
        return self.issued.get(token, 0.0) > self.clock()

    def revoke(self) -> None:
        """End every token that was issued."""
        self.issued.clear()

    async def login(self, request: web.Request) -> web.Response:
        """`POST /{tenant}/oauth2/v2.0/token`, the client credentials flow."""
        form = await request.post()
        parts = ("grant_type", "client_id", "client_secret", "scope")
        grant, app, secret, scope = (form.get(part) for part in parts)
        problems = {
            "AADSTS90002": request.match_info["tenant"] != self.tenant,
            "AADSTS900144": None in (grant, app, secret, scope),
            "AADSTS70003": grant != "client_credentials",
            "AADSTS700016": app != self.app,
            "AADSTS7000215": secret != self.secret,
            "AADSTS70011": scope != SCOPE,
        }
        for code, holds in problems.items():
            if holds:
                return aad_error(code)
        lives = {"expires_in": self.lives_s, "ext_expires_in": self.lives_s}
        return web.json_response({"token_type": "Bearer", **lives, "access_token": self._issue()})

    async def machine(self, request: web.Request) -> web.Response:
        """`GET /metadata/identity/oauth2/token`, as virtual machines have it: all figures are strings.

        https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
        """
        if request.headers.get("Metadata") != "true":
            said = {"error": "invalid_request", "error_description": "Required metadata header not specified"}
            return web.json_response(said, status=400)
        if request.query.get("api-version") != "2018-02-01":
            return web.json_response({"error": "bad_request_102", "error_description": "api-version"}, status=400)
        return self._identity(request, {"expires_in": str(self.lives_s), "ext_expires_in": str(self.lives_s)})

    async def app_service(self, request: web.Request) -> web.Response:
        """What `IDENTITY_ENDPOINT` names in App Service, Functions and Container Apps.

        https://learn.microsoft.com/en-us/azure/app-service/overview-managed-identity#rest-endpoint-reference
        """
        if request.headers.get("X-IDENTITY-HEADER") != self.identity_header:
            return web.json_response({"statusCode": 401, "message": "Unauthorized"}, status=401)
        if request.query.get("api-version") != "2019-08-01":
            return web.json_response({"statusCode": 400, "message": "api-version"}, status=400)
        return self._identity(request, {})

    def _identity(self, request: web.Request, more: Json) -> web.Response:
        if request.query.get("resource") != RESOURCE:
            return aad_error("AADSTS500011")
        if request.query.get("client_id") != self.app:
            said = {"error": "invalid_request", "error_description": "Identity not found"}
            return web.json_response(said, status=400)
        until = {"expires_on": str(int(self.clock()) + self.lives_s), "not_before": str(int(self.clock()))}
        about = {"token_type": "Bearer", "resource": RESOURCE, "client_id": self.app}
        return web.json_response({"access_token": self._issue(), **until, **about, **more})

    def _issue(self) -> str:
        token = f"a-bot-token-{secrets.token_urlsafe(24)}"
        self.issued[token] = self.clock() + self.lives_s
        return token
