"""Signing in to a server at an address: OAuth by the SDK, in the user's browser.

Without the user's click no browser is opened and nothing is registered: a server that wants a sign-in fails
and says so. Tokens go to the program, which keeps them in the keychain.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
from mcp.client.auth import AuthorizationCodeResult, OAuthClientProvider
from mcp.shared.auth import OAuthClientInformationFull, OAuthClientMetadata, OAuthMetadata, OAuthToken
from pydantic import AnyUrl, ValidationError

from desktop.tools.mcp.callback import CallbackListener, LateError, RefusedError
from desktop.tools.mcp.messages import Reason

CLIENT_NAME = "Presstalk"
NO_LISTENER = "http://127.0.0.1/callback"
"""Stands where nobody signs in; nothing is sent there."""


class SignInError(Exception):
    """The user has to sign in, or didn't. The reason says which."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class _Kept(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What is kept in the keychain, as JSON."""

    tokens: dict[str, Any] = {}
    client: dict[str, Any] = {}
    metadata: dict[str, Any] = {}
    """Of the authorization server: where tokens are renewed."""
    expires_at: float = 0.0
    """Seconds of the epoch; 0: unknown."""


class SignIn:
    """The sign-in at one server; also the SDK's `TokenStorage`.

    Args:
        url: the server's address.
        kept: what was kept of an earlier sign-in; empty: nothing.
        keep: gets what is to be kept, whenever it changes.
        open_page: opens a page in the user's browser; None: the user hasn't asked for it.
    """

    def __init__(
        self,
        url: str,
        kept: str,
        keep: Callable[[str], None],
        open_page: Callable[[str], None] | None = None,
    ) -> None:
        self._url = url
        self._keep = keep
        self._open_page = open_page
        # Who signs in begins anew: the address of an earlier listener is registered with an earlier client.
        self._kept = _Kept() if open_page else _read(kept)
        self._listener: CallbackListener | None = None
        self._provider: OAuthClientProvider | None = None
        self.failure: Reason = ""
        """Why it failed; the SDK doesn't tell."""

    @property
    def wanted(self) -> bool:
        """Whether there is anything to sign in with: else requests go without."""
        return bool(self._open_page or self._kept.tokens)

    async def begin(self) -> OAuthClientProvider:
        """What signs the requests. `end` it."""
        if self._open_page:
            self._listener = CallbackListener()
            await self._listener.open()
        redirect = self._listener.url if self._listener else NO_LISTENER
        metadata = OAuthClientMetadata(
            client_name=CLIENT_NAME,
            redirect_uris=[AnyUrl(redirect)],
            grant_types=["authorization_code", "refresh_token"],
            token_endpoint_auth_method="none",
        )
        self._provider = OAuthClientProvider(self._url, metadata, self, self._ask, self._answered)
        # The SDK keeps neither: it would take an old token for a good one, and renew it at the wrong place.
        if self._kept.expires_at:
            self._provider.context.token_expiry_time = self._kept.expires_at
        if self._kept.metadata:
            self._provider.context.oauth_metadata = OAuthMetadata.model_validate(self._kept.metadata)
        return self._provider

    async def end(self) -> None:
        """Nobody signs in any more."""
        if self._listener:
            await self._listener.close()

    async def get_tokens(self) -> OAuthToken | None:
        """The tokens that are kept."""
        return OAuthToken.model_validate(self._kept.tokens) if self._kept.tokens else None

    async def set_tokens(self, tokens: OAuthToken) -> None:
        """Keep these."""
        self._kept.tokens = tokens.model_dump(mode="json", exclude_none=True)
        self._kept.expires_at = time.time() + tokens.expires_in if tokens.expires_in else 0.0
        metadata = self._provider.context.oauth_metadata if self._provider else None
        if metadata is not None:
            self._kept.metadata = metadata.model_dump(mode="json", exclude_none=True)
        self._keep(msgspec.json.encode(self._kept).decode())
        self._open_page = None  # only the user's click opens one
        await self.end()

    async def get_client_info(self) -> OAuthClientInformationFull | None:
        """The registration that is kept."""
        return OAuthClientInformationFull.model_validate(self._kept.client) if self._kept.client else None

    async def set_client_info(self, client_info: OAuthClientInformationFull) -> None:
        """Keep this one; it is of no use before there are tokens, with which it is handed on."""
        self._kept.client = client_info.model_dump(mode="json", exclude_none=True)

    async def _ask(self, url: str) -> None:
        if self._open_page is None or self._listener is None:
            self.failure = "sign-in"
            raise SignInError("sign-in")
        self._listener.expect(parse_qs(urlsplit(url).query).get("state", [""])[0])
        self._open_page(url)

    async def _answered(self) -> AuthorizationCodeResult:
        assert self._listener is not None
        try:
            return AuthorizationCodeResult(**await self._listener.answer())
        except RefusedError as exc:
            self.failure = "sign-in-refused"
            raise SignInError(self.failure) from exc
        except LateError as exc:
            self.failure = "sign-in-late"
            raise SignInError(self.failure) from exc


def _read(kept: str) -> _Kept:
    """What was kept; of what can't be read, nothing: the user signs in again."""
    try:
        found = msgspec.json.decode(kept, type=_Kept) if kept else _Kept()
        OAuthToken.model_validate(found.tokens) if found.tokens else None
        OAuthClientInformationFull.model_validate(found.client) if found.client else None
        OAuthMetadata.model_validate(found.metadata) if found.metadata else None
    except (msgspec.MsgspecError, ValidationError, ValueError):
        return _Kept()
    return found
