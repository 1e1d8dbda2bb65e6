"""Which requests are let in, by key or by ticket, and how the others are refused: errors as JSON."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

TICKET_PROTOCOL = "opper-ticket."
MANAGEMENT_KEY = "opmak-"


class RequestRefused(Exception):
    """A request that is answered with an HTTP error and a JSON body."""

    def __init__(self, status: int, message: str, code: str, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s

    def response(self) -> web.Response:
        """The answer to the request."""
        headers = {"WWW-Authenticate": "Bearer"} if self.status == 401 else {}
        if self.retry_after_s is not None:
            headers["Retry-After"] = str(self.retry_after_s)
        body = {"error": {"message": str(self), "code": self.code}}
        return web.json_response(body, status=self.status, headers=headers)


Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except RequestRefused as exc:
        return exc.response()
    except web.HTTPException as exc:
        if exc.status < 400:
            raise
        return RequestRefused(exc.status, exc.reason, f"http_{exc.status}").response()


def ticket_of(request: web.Request) -> tuple[str | None, list[str]]:
    """The ticket's secret that comes with an upgrade, and the subprotocols to accept with it."""
    headers = request.headers.getall("Sec-WebSocket-Protocol", [])
    for name in (part.strip() for header in headers for part in header.split(",")):
        if name.startswith(TICKET_PROTOCOL):
            return name.removeprefix(TICKET_PROTOCOL), [name]
    return request.query.get("ticket"), []


def require_key(request: web.Request) -> None:
    """Checks that the request carries a key; any key will do.

    Raises:
        RequestRefused: there is none, or it is a management key, which the service refuses too.
    """
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise RequestRefused(
            401, "A credential is missing: send a bearer key or a ticket.", "missing_credential"
        )
    if key.strip().startswith(MANAGEMENT_KEY):
        raise RequestRefused(
            401, "This is a management key: use a project's runtime key.", "management_key_not_allowed"
        )
