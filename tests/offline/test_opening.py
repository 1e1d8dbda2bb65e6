"""Everything up to `session.started`: credentials, tickets, the models list, the first frames."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from desktop.offline import server, ticket_issuer
from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders
from desktop.offline.server_session import SessionLimits
from tests.offline.client import connected, running


@pytest.fixture
async def url() -> AsyncIterator[str]:
    async with running(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as url:
        yield url


@pytest.fixture
async def http(url: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": "Bearer any-key"}
    async with httpx.AsyncClient(base_url=url, headers=headers, trust_env=False) as http:
        yield http


async def mint(http: httpx.AsyncClient, body: Any = None) -> str:
    answer = await http.post("/v3/realtime-sessions", json=body or {})
    assert answer.status_code == 200, answer.text
    secret: str = answer.json()["client_secret"]
    return secret


async def refusal(url: str, **options: Any) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as caught:
        async with connected(url, **options):
            pass
    answer = caught.value.response
    return answer.status_code, json.loads(answer.body or b"{}")["error"]["code"]


@pytest.mark.parametrize("key", ["any-key", "op-123", "x"])
async def test_any_key_will_do(url: str, key: str) -> None:
    async with connected(url, key=key) as client:
        started = await client.start()

    assert started["session_id"]
    assert started["audio_format"] == "pcm16"
    assert (started["input_sample_rate"], started["output_sample_rate"]) == (24_000, 24_000)


async def test_the_16k_model_takes_16k(url: str) -> None:
    async with connected(url) as client:
        started = await client.start("offline/demo-16k")

    assert (started["input_sample_rate"], started["output_sample_rate"]) == (16_000, 24_000)


@pytest.mark.parametrize(
    ("key", "code"),
    [(None, "missing_credential"), (" ", "missing_credential"), ("opmak-1", "management_key_not_allowed")],
)
async def test_bad_keys_are_refused_on_the_upgrade(url: str, key: str | None, code: str) -> None:
    assert await refusal(url, key=key) == (401, code)


async def test_a_ticket_opens_one_session_by_subprotocol(url: str, http: httpx.AsyncClient) -> None:
    protocol = Subprotocol(f"opper-ticket.{await mint(http)}")

    async with connected(url, key=None, subprotocols=[protocol]) as client:
        assert client.connection.subprotocol == protocol
        await client.start()

    assert await refusal(url, key=None, subprotocols=[protocol]) == (401, "invalid_ticket")


async def test_a_ticket_opens_one_session_by_query(url: str, http: httpx.AsyncClient) -> None:
    path = f"/v3/realtime?ticket={await mint(http)}"

    async with connected(url, key=None, path=path) as client:
        await client.start()

    assert await refusal(url, key=None, path=path) == (401, "invalid_ticket")


async def test_a_bad_ticket_is_refused_whatever_key_comes_with_it(url: str) -> None:
    assert await refusal(url, path="/v3/realtime?ticket=guess") == (401, "invalid_ticket")


async def test_an_expired_ticket_is_refused(
    url: str, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v3/realtime?ticket={await mint(http, {'ttl_seconds': 5})}"
    later = time.time() + 6
    monkeypatch.setattr(time, "time", lambda: later)

    assert await refusal(url, key=None, path=path) == (401, "invalid_ticket")


async def test_a_full_ticket_needs_no_config_and_wins_over_one(url: str, http: httpx.AsyncClient) -> None:
    bound = {"config": {"model": "offline/demo-16k"}, "locked_fields": ["turn_detection"]}
    for config in ({}, {"model": "offline/demo", "turn_detection": {"type": "semantic_vad"}}):
        path = f"/v3/realtime?ticket={await mint(http, bound)}"
        async with connected(url, key=None, path=path) as client:
            await client.send("session.start", config=config)
            frames = await client.until("session.started")
            assert [frame["type"] for frame in frames] == ["session.started"]
            assert frames[0]["input_sample_rate"] == 16_000
            # Nothing was complained about: the field was locked before it was looked at.
            assert (await client.ask("hi"))[0]["type"] == "response.started"


async def test_a_mint_tells_when_the_ticket_expires(http: httpx.AsyncClient) -> None:
    answer = await http.post("/v3/realtime-sessions", json={"ttl_seconds": 120})

    expires = datetime.fromisoformat(answer.json()["expires_at"])
    assert abs(expires - datetime.now(UTC) - timedelta(seconds=120)) < timedelta(seconds=30)
    assert answer.json()["ws_url"] == str(http.base_url).replace("http", "ws").rstrip("/") + "/v3/realtime"


async def test_a_mint_that_finds_too_many_tickets_is_told_when_to_come_back(
    http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ticket_issuer, "MOST_OPEN", 1)
    await mint(http)
    answer = await http.post("/v3/realtime-sessions", json={})

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert answer.json()["error"]["code"] == "too_many_tickets"


async def test_a_mint_without_a_body_is_a_plain_ticket(http: httpx.AsyncClient) -> None:
    assert (await http.post("/v3/realtime-sessions")).json()["client_secret"]


@pytest.mark.parametrize("body", ["{", "[]", '{"colour": 1}', '{"config": {"colour": 1}}', "\xff"])
async def test_a_bad_mint_is_a_400(http: httpx.AsyncClient, body: str) -> None:
    answer = await http.post("/v3/realtime-sessions", content=body.encode("latin-1"))

    assert answer.status_code == 400
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v3/realtime-sessions"),
        ("POST", "/v3/tools/web/search"),
        ("POST", "/v3/tools/web/fetch"),
        ("POST", "/v3/spans"),
    ],
)
@pytest.mark.parametrize("key", ["", "Bearer", "Basic abc", "Bearer opmak-1"])
async def test_http_wants_a_key_too(http: httpx.AsyncClient, method: str, path: str, key: str) -> None:
    answer = await http.request(method, path, headers={"Authorization": key})

    assert answer.status_code == 401
    assert answer.json()["error"]["code"]


async def test_the_models_are_listed(http: httpx.AsyncClient) -> None:
    for path in ("/v3/models", "/v3/models?type=realtime"):
        models = (await http.get(path)).json()["models"]
        assert [model["id"] for model in models] == [
            "offline/demo",
            "offline/demo-16k",
            "offline/demo-classic",
        ]
        assert all(model["name"] and model["provider"] == "offline" for model in models)
        assert all(model["pricing"] and model["params"]["realtime"]["voices"] for model in models)
        assert [model["successor"] for model in models if model["retired_at"]] == ["offline/demo"]

    assert (await http.get("/v3/models?type=llm")).json() == {"models": []}


async def test_the_list_needs_no_key(url: str) -> None:
    async with httpx.AsyncClient(base_url=url) as stranger:
        assert (await stranger.get("/v3/models")).status_code == 200


async def test_web_tools_and_spans_are_answered(http: httpx.AsyncClient) -> None:
    results = (await http.post("/v3/tools/web/search", json={"query": "tea", "max_results": 2})).json()[
        "results"
    ]
    assert [sorted(result) for result in results] == [["published_at", "snippet", "title", "url"]] * 2
    page = (await http.post("/v3/tools/web/fetch", json={"url": "https://example.org"})).json()
    assert page["url"] == "https://example.org"
    assert "https://example.org" in page["content"]
    times = {"start_time": "2026-01-01T00:00:00Z", "end_time": "2026-01-01T00:00:01Z"}
    span = (await http.post("/v3/spans", json={"name": "turn", "trace_id": "t1", **times})).json()["data"]
    assert (span["name"], span["trace_id"], bool(span["id"])) == ("turn", "t1", True)


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/v3/tools/web/search", {}, 422),
        ("/v3/tools/web/search", {"query": 7}, 422),
        ("/v3/tools/web/search", [], 422),
        ("/v3/tools/web/fetch", {"url": "file:///etc/passwd"}, 400),
        ("/v3/spans", {"name": "x"}, 422),
    ],
)
async def test_what_does_not_fit_is_refused(
    http: httpx.AsyncClient, path: str, body: object, status: int
) -> None:
    answer = await http.post(path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"]["message"]


async def test_an_agent_needs_no_config_and_may_be_overridden(url: str) -> None:
    for config, rate in ((None, 24_000), ({}, 24_000), ({"model": "offline/demo-16k"}, 16_000)):
        async with connected(url, path="/v3/realtime/my%20agent") as client:
            await client.send("session.start", **({} if config is None else {"config": config}))
            (started,) = await client.until("session.started")
            assert started["input_sample_rate"] == rate


async def test_an_alias_opens_its_model(url: str) -> None:
    async with connected(url) as client:
        await client.send("session.start", config={"model": "offline/demo-latest"})
        await client.until("session.started")


async def test_a_browser_is_told_what_this_is(http: httpx.AsyncClient) -> None:
    assert "offline demo" in (await http.get("/")).text


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing", 404), ("/v3/realtime", 426), ("/v3/realtime-sessions", 405)]
)
async def test_wrong_addresses_are_json_errors(http: httpx.AsyncClient, path: str, status: int) -> None:
    answer = await http.get(path)

    assert answer.status_code == status
    assert answer.json()["error"]["message"]


async def test_a_ticket_is_not_spent_by_a_request_that_is_no_upgrade(
    url: str, http: httpx.AsyncClient
) -> None:
    path = f"/v3/realtime?ticket={await mint(http)}"
    assert (await http.get(path)).status_code == 426

    async with connected(url, key=None, path=path) as client:
        await client.start()


@asynccontextmanager
async def limited(**limits: float) -> AsyncIterator[str]:
    async with running(fake_loaders(FakeRecognizer(), FakeSynthesizer()), **limits) as url:
        yield url


async def opens(url: str, **options: Any) -> None:
    """Returns when a session could be opened."""
    async with asyncio.timeout(10):
        while True:
            try:
                async with connected(url, **options) as client:
                    await client.start()
                return
            except InvalidStatus:
                # The server has not seen the end of the one before yet.
                await asyncio.sleep(0.01)


async def test_sessions_are_limited_and_free_their_place() -> None:
    async with limited(sessions=1) as url:
        async with connected(url) as client:
            await client.start()
            assert await refusal(url) == (429, "too_many_sessions")
        await opens(url)


async def test_a_refused_session_is_told_when_to_come_back_and_how_to_have_more() -> None:
    async with limited(sessions=2) as url, connected(url), connected(url):
        with pytest.raises(InvalidStatus) as caught:
            async with connected(url):
                pass
    answer = caught.value.response
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 10
    message = json.loads(answer.body)["error"]["message"]
    assert "All 2 sessions" in message
    assert f"try again in {answer.headers['Retry-After']} s" in message
    assert "--sessions" in message


async def test_a_refused_session_spends_no_ticket() -> None:
    async with limited(sessions=1) as url:
        async with httpx.AsyncClient(
            base_url=url, headers={"Authorization": "Bearer k"}, trust_env=False
        ) as http:
            path = f"/v3/realtime?ticket={await mint(http)}"
        async with connected(url):
            assert await refusal(url, key=None, path=path) == (429, "too_many_sessions")
        await opens(url, key=None, path=path)


@pytest.mark.parametrize("frames", [(), ("text.input", "response.create"), ("session.start",)])
async def test_a_socket_that_never_starts_loses_its_place(frames: tuple[str, ...]) -> None:
    async with limited(sessions=1, start_s=0.3) as url, connected(url) as client:
        for kind in frames:
            await client.send(kind, config={}, text="hi")  # a start without a model is none
        end = (await client.until("session.terminating"))[-1]
        assert end["error"] == {
            "code": "start_timeout",
            "message": "No session.start came within 0.3 seconds.",
        }
        await opens(url)


async def test_a_socket_that_never_reads_loses_its_place_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "TERMINATION_S", 60.0)  # it would be waited for that long
    async with limited(sessions=1, start_s=0.3) as url:
        host, port = url.removeprefix("http://").split(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write(
            b"GET /v3/realtime HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\nConnection: Upgrade\r\n"
            b"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        assert b" 101 " in await reader.readline()
        await opens(url)
        writer.close()


async def test_a_session_that_has_started_has_time() -> None:
    async with limited(start_s=0.3) as url, connected(url) as client:
        await client.start()
        clock = asyncio.get_running_loop().time
        late = clock() + 0.4
        while clock() < late:  # the time in which it must have started goes by
            await client.read()
        await client.send("text.input", text="hi")
        await client.send("response.create")
        assert (await client.until("response.completed", "session.terminating"))[-1][
            "type"
        ] == "response.completed"


def test_a_client_has_ten_seconds_to_start() -> None:
    assert SessionLimits().start_s == 10
    assert SessionLimits().sessions == 8


async def test_the_first_frame_must_be_session_start(url: str) -> None:
    async with connected(url) as client:
        for kind in ("audio.append", "audio.commit", "response.create", "session.update"):
            await client.send(kind, audio="AAAA", config={})
            assert await client.error() == "session_not_started"
        # The session is still there, and still waits.
        await client.start()


async def test_a_start_without_a_model_waits_for_a_better_one(url: str) -> None:
    async with connected(url) as client:
        await client.send("session.start", config={})
        assert await client.error() == "model_required"
        await client.start()


async def test_an_unknown_model_ends_the_session(url: str) -> None:
    async with connected(url) as client:
        await client.send("session.start", config={"model": "openai/gpt-realtime-2"})
        error, end = await client.until("session.terminating")

        assert error["error"]["code"] == end["error"]["code"] == "model_not_found"
        assert "openai/gpt-realtime-2" in end["error"]["message"]
        assert await client.closed() == 1000


async def test_a_session_starts_once(url: str) -> None:
    async with connected(url) as client:
        await client.start()
        await client.send("session.start", config={"model": "offline/demo"})
        assert await client.error() == "session_already_started"


async def test_what_is_wrong_with_a_config_is_said_after_the_start(url: str) -> None:
    async with connected(url) as client:
        await client.send(
            "session.start",
            config={"model": "offline/demo", "voice": "marin", "reasoning_effort": "low", "colour": 1},
        )
        frames = [await client.receive() for _ in range(4)]

        assert [frame["type"] for frame in frames] == ["session.started", "error", "error", "error"]
        codes = [frame["error"]["code"] for frame in frames[1:]]
        assert codes == ["voice_not_found", "unsupported_field", "unknown_field"]
        assert (await client.ask("hello"))[-1]["status"] == "completed"
