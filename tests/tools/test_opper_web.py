"""Web search and pages through the service: asked first, bounded, errors are results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from desktop.access.endpoint_resolver import AccessOptions
from desktop.base.message import Message
from desktop.conversation.service_requests import post_for_tool
from desktop.offline.fakes import FakeRecognizer, FakeSynthesizer, fake_loaders
from desktop.tools import opper_web
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry, ToolError
from desktop.tools.runner import RESULT_LIMIT, ToolOutcome, ToolRunner
from tests.offline.client import running
from tests.realtime.office import open_office, page, status

PAGE = {"url": "https://a.example", "title": "A", "content": "# A"}
KEY = "op-4b1c9d2e7f60aa31"


class Web:
    """Both tools, what they sent and what the user was asked."""

    def __init__(self, answer: Any = PAGE, *, asks: bool = True, allows: bool = True) -> None:
        self.answer, self.allows = answer, allows
        self.sent: list[tuple[str, object]] = []
        self.asked: list[str] = []
        self.registry = Registry(*opper_web.tools(self._post, lambda: asks))
        context = ToolContext(ring=lambda _: None, confirm=self._confirm, open_url=lambda _: True)
        self.runner = ToolRunner(self.registry, context)

    async def _post(self, path: str, body: object) -> Mapping[str, Any]:
        self.sent.append((path, body))
        if isinstance(self.answer, Exception):
            raise self.answer
        found: Mapping[str, Any] = self.answer
        return found

    async def _confirm(self, question: Message) -> bool:
        self.asked.append(str(question))
        return self.allows

    async def search(self, query: str = "tea", **more: Any) -> ToolOutcome:
        return await self.runner.run("1", "web_search", {"query": query, **more})

    async def fetch(self, url: str = "https://a.example") -> ToolOutcome:
        return await self.runner.run("1", "web_fetch", {"url": url})


async def test_the_user_is_asked_and_told_what_for():
    web = Web()
    assert (await web.fetch("https://a.example/x")).result == PAGE
    assert web.asked == ["Let the assistant read a page of a.example?\nhttps://a.example/x"]
    assert web.sent == [("/v3/tools/web/fetch", {"url": "https://a.example/x"})]


async def test_who_says_no_sends_nothing():
    web = Web(allows=False)
    for outcome in (await web.search(), await web.fetch()):
        assert outcome.result == {"error": "The user said no."}
    assert web.sent == []


async def test_always_asks_nobody():
    web = Web({"results": []}, asks=False)
    assert (await web.search(max_results=3)).result == {"results": []}
    assert (web.asked, web.sent) == ([], [("/v3/tools/web/search", {"query": "tea", "max_results": 3})])


@pytest.mark.parametrize("letter", ["x", "ä", '"', "\U0001f600", "\x01"])
async def test_a_long_page_is_cut_and_says_so(letter: str):
    outcome = await Web(PAGE | {"content": letter * 200_000}).fetch()
    assert len(msgspec.json.encode(outcome.result)) <= RESULT_LIMIT
    content = outcome.result["content"]
    assert set(content) == {letter}
    assert outcome.result["note"] == (
        f"The page is too long: these are the first {len(content)} of its 200000 characters."
    )


async def test_results_are_bounded_and_only_what_is_known_of_them():
    one = {"title": "t" * 9_999, "url": "https://a.example", "snippet": 7, "score": {"x": 1}}
    outcome = await Web({"results": [one, "two", *[one] * 99]}).search()
    assert len(outcome.result["results"]) == opper_web.MOST_RESULTS - 1
    assert outcome.result["results"][0] == {"title": "t" * 200, "url": "https://a.example"}


@pytest.mark.parametrize("answer", [{}, {"results": 7}, {"content": None}, ToolError("The service is away.")])
async def test_what_goes_wrong_is_a_result(answer: Any):
    for outcome in (await Web(answer).search(), await Web(answer).fetch()):
        assert outcome.state == "failed"
        assert outcome.result["error"]


@pytest.mark.parametrize("url", ["file:///etc/passwd", "javascript:x", "nonsense", "https://a%2eb.example"])
async def test_what_is_no_web_address_goes_nowhere(url: str):
    web = Web()
    assert (await web.fetch(url)).state == "failed"
    assert (web.sent, web.asked) == ([], [])


async def test_tools_that_are_switched_off_are_not_there():
    web = Web()
    web.registry.withhold(*opper_web.NAMES)
    assert web.registry.definitions() == ()
    assert "There is no tool" in (await web.search()).result["error"]
    web.registry.withhold()
    assert web.registry.names == opper_web.NAMES


async def test_the_offline_provider_answers_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("OPPER_API_KEY", raising=False)
    async with running(fake_loaders(FakeRecognizer(), FakeSynthesizer())) as url:
        access = AccessOptions(url)
        found = await post_for_tool(access, opper_web.SEARCH_PATH, {"query": "tea"})
        assert len(found["results"]) == 5
        with pytest.raises(ToolError, match="did not answer"):
            await post_for_tool(access, opper_web.FETCH_PATH, {"url": "ftp://x"})


@pytest.mark.parametrize("answer", [status(401), status(402), status(500), page(), []])
async def test_a_service_that_does_not_answer_is_told(answer: Any, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    async with open_office(answer) as office:
        with pytest.raises(ToolError) as caught:
            await post_for_tool(AccessOptions(office.url), "/x", {})
    assert KEY not in str(caught.value)


async def test_the_key_stays_with_its_host(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    async with open_office(PAGE, agreed=False) as office:
        for access in (AccessOptions(office.url), AccessOptions(office.url, ticket_url="https://t.example")):
            with pytest.raises(ToolError):
                await post_for_tool(access, "/x", {})
        assert office.asked == []


@pytest.mark.parametrize("letter", ["x", '"', "\U0001f600", "\x01"])
async def test_results_that_are_too_long_together_are_whole_ones_and_fewer(letter: str):
    long = {name: letter * 9_999 for name in ("title", "url", "snippet", "published_at")}
    outcome = await Web({"results": [long] * opper_web.MOST_RESULTS}).search()
    assert len(msgspec.json.encode(outcome.result)) <= RESULT_LIMIT
    results = outcome.result["results"]
    assert results
    assert all(one == results[0] for one in results)
    assert outcome.result["note"] == (
        f"The results are too long: these are the first {len(results)} of {opper_web.MOST_RESULTS}."
    )
