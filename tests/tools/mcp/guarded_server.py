"""An MCP server behind a sign-in, with its authorization server: `python guarded_server.py PORT`.

Both are the SDK's. The page where the user says yes or no is `/consent`; with `answer=` it goes on.
"""

from __future__ import annotations

import secrets
import sys
import time
from typing import Any
from urllib.parse import urlencode

from mcp.server.auth.provider import (
    AccessToken,
    AuthorizationCode,
    AuthorizationParams,
    RefreshToken,
    construct_redirect_uri,
)
from mcp.server.auth.settings import AuthSettings, ClientRegistrationOptions
from mcp.server.mcpserver import MCPServer
from mcp.shared.auth import OAuthClientInformationFull, OAuthToken
from pydantic import AnyHttpUrl
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

PORT = int(sys.argv[1]) if len(sys.argv) > 1 else 0
ORIGIN = f"http://127.0.0.1:{PORT}"


class Desk:
    """Registers, asks, and gives tokens; all of it is forgotten with the process."""

    def __init__(self) -> None:
        self.clients: dict[str, OAuthClientInformationFull] = {}
        self.asked: dict[str, tuple[OAuthClientInformationFull, AuthorizationParams]] = {}
        self.codes: dict[str, AuthorizationCode] = {}
        self.access: dict[str, AccessToken] = {}
        self.refresh: dict[str, RefreshToken] = {}
        self.counts = {"registered": 0, "asked": 0, "refreshed": 0}

    async def get_client(self, client_id: str) -> OAuthClientInformationFull | None:
        return self.clients.get(client_id)

    async def register_client(self, client_info: OAuthClientInformationFull) -> None:
        assert client_info.client_id
        self.counts["registered"] += 1
        self.clients[client_info.client_id] = client_info

    async def authorize(self, client: OAuthClientInformationFull, params: AuthorizationParams) -> str:
        self.counts["asked"] += 1
        request = secrets.token_hex(8)
        self.asked[request] = client, params
        return f"{ORIGIN}/consent?{urlencode({'request': request})}"

    def answer(self, request: str, yes: bool) -> str:
        client, params = self.asked.pop(request)
        if not yes:
            return construct_redirect_uri(str(params.redirect_uri), error="access_denied", state=params.state)
        code = secrets.token_hex(16)
        self.codes[code] = AuthorizationCode(
            code=code,
            scopes=params.scopes or [],
            expires_at=time.time() + 60,
            client_id=str(client.client_id),
            code_challenge=params.code_challenge,
            redirect_uri=params.redirect_uri,
            redirect_uri_provided_explicitly=params.redirect_uri_provided_explicitly,
        )
        return construct_redirect_uri(str(params.redirect_uri), code=code, state=params.state)

    async def load_authorization_code(self, client: Any, authorization_code: str) -> AuthorizationCode | None:
        return self.codes.get(authorization_code)

    async def exchange_authorization_code(self, client: Any, authorization_code: Any) -> OAuthToken:
        del self.codes[authorization_code.code]
        return self._tokens(str(client.client_id))

    async def load_refresh_token(self, client: Any, refresh_token: str) -> RefreshToken | None:
        return self.refresh.get(refresh_token)

    async def exchange_refresh_token(self, client: Any, refresh_token: Any, scopes: list[str]) -> OAuthToken:
        self.counts["refreshed"] += 1
        del self.refresh[refresh_token.token]
        return self._tokens(str(client.client_id))

    async def load_access_token(self, token: str) -> AccessToken | None:
        return self.access.get(token)

    async def revoke_token(self, token: Any) -> None:
        self.access.pop(token.token, None)

    def _tokens(self, client_id: str) -> OAuthToken:
        access, refresh = f"acc-{secrets.token_hex(16)}", f"ref-{secrets.token_hex(16)}"
        self.access[access] = AccessToken(token=access, client_id=client_id, scopes=[])
        self.refresh[refresh] = RefreshToken(token=refresh, client_id=client_id, scopes=[])
        return OAuthToken(access_token=access, refresh_token=refresh, expires_in=3_600, token_type="Bearer")


desk = Desk()
server = MCPServer(
    "guarded",
    auth_server_provider=desk,
    auth=AuthSettings(
        issuer_url=AnyHttpUrl(ORIGIN),
        resource_server_url=AnyHttpUrl(f"{ORIGIN}/mcp"),
        client_registration_options=ClientRegistrationOptions(enabled=True),
    ),
)


@server.tool()
def secret() -> str:
    """Tells a secret."""
    return "forty-two"


@server.tool()
def revoke() -> str:
    """Takes all tokens back."""
    desk.access.clear()
    desk.refresh.clear()
    return "done"


@server.custom_route("/consent", methods=["GET"])
async def consent(request: Request) -> Response:
    answer = request.query_params.get("answer")
    if answer is None:
        return PlainTextResponse("May Presstalk use this server?")
    return RedirectResponse(desk.answer(request.query_params["request"], answer == "yes"), status_code=302)


@server.custom_route("/counts", methods=["GET"])
async def counts(request: Request) -> Response:
    return PlainTextResponse(" ".join(f"{name}={count}" for name, count in desk.counts.items()))


if __name__ == "__main__":
    server.run("streamable-http", host="127.0.0.1", port=PORT)
