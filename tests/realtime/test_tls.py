"""Insecure connections, over real TLS: each message says what is wrong and who can fix it.

The certificates of `tests/fixtures/tls` are made for this: one root, and a key that everybody knows.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from desktop.realtime import tls
from desktop.realtime.connection import Connection, Endpoint
from desktop.realtime.errors import UnreachableError

FOLDER = Path(__file__).parents[1] / "fixtures" / "tls"
KEY = "op-4b1c9d2e7f60aa31"

UNSAFE = [
    ("expired", "has expired. This computer's clock says 20"),
    ("early", "clock is probably wrong"),
    ("elsewhere", "for another name"),
    ("alone", "self-signed"),
    ("stranger", "issuer this computer does not know"),
]


@asynccontextmanager
async def safe(certificate: str) -> AsyncIterator[str]:
    """A service with this certificate; its https address."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(FOLDER / f"{certificate}.pem")

    async def idle(socket: ServerConnection) -> None:
        await socket.wait_closed()

    async with serve(idle, "127.0.0.1", 0, ssl=context) as server:
        yield f"https://localhost:{server.sockets[0].getsockname()[1]}"


@pytest.fixture(autouse=True)
def trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(FOLDER / "root.pem"))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


async def test_a_good_certificate_is_taken():
    async with safe("good") as url:
        connection = await Connection.open(Endpoint(url, KEY))
        await connection.close()


@pytest.mark.parametrize(("certificate", "words"), UNSAFE)
async def test_a_bad_certificate_is_explained(certificate: str, words: str):
    async with safe(certificate) as url:
        with pytest.raises(UnreachableError) as caught:
            await Connection.open(Endpoint(url, KEY))
    message = str(caught.value)
    assert words in message
    assert "localhost" in message
    assert not caught.value.retry, "no certificate mends itself in seconds"
    assert KEY not in message


async def test_a_port_without_tls_is_said_to_be_one():
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        url = f"https://localhost:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(UnreachableError, match="not with TLS"):
            await Connection.open(Endpoint(url, KEY))


@pytest.mark.parametrize(
    ("code", "words"),
    [(tls.REVOKED, "revoked"), (7, "can't be verified"), (tls.EXPIRED, "says 1998-03-02")],
)
def test_what_else_a_certificate_can_lack(code: int, words: str):
    exc = ssl.SSLCertVerificationError("no")
    exc.verify_code = code
    assert words in str(tls.message(exc, "api.opper.ai", datetime(1998, 3, 2)))
