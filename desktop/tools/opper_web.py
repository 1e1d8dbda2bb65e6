"""Web search and pages by the service's own endpoints, with the key that opens the session.

Source: the service's published OpenAPI document, `POST /v3/tools/web/search {query, max_results?}` and
`POST /v3/tools/web/fetch {url}`. Both are beta: what goes wrong becomes a result that the model can read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from desktop.base.host_name import HostError, web_url
from desktop.base.message import Message, Text
from desktop.base.terminal import one_line
from desktop.tools.builtin import ASK_TIMEOUT_S, MAX_URL
from desktop.tools.context import ToolContext
from desktop.tools.registry import Tool, ToolError, define
from desktop.tools.runner import RESULT_LIMIT

Post = Callable[[str, object], Awaitable[Mapping[str, Any]]]
"""Sends a body to a path of the service and returns its answer, an object. Raises ToolError."""

SEARCH, FETCH = "web_search", "web_fetch"
NAMES = (SEARCH, FETCH)
SEARCH_PATH, FETCH_PATH = "/v3/tools/web/search", "/v3/tools/web/fetch"
REQUEST_S = 20.0
"""How long a request may take, after the user's answer."""
LONGEST_QUERY = 400
LONGEST_TITLE, LONGEST_SNIPPET = 200, 1_000
MOST_RESULTS = 20
ROOM = 4_000
"""Bytes of a result that its other fields take."""

WEB_SEARCH = Text("web-search", "Search the web for “{query}”?")
WEB_FETCH = Text("web-fetch", "Let the assistant read a page of {host}?\n{url}")
DENIED = {"error": "The user said no."}


class WebSearch(msgspec.Struct, frozen=True):
    """Arguments of `web_search`."""

    query: Annotated[str, Meta(min_length=1, max_length=LONGEST_QUERY, description="What to search for")]
    max_results: Annotated[int, Meta(ge=1, le=MOST_RESULTS, description="How many results")] = 5


class WebFetch(msgspec.Struct, frozen=True):
    """Arguments of `web_fetch`."""

    url: Annotated[str, Meta(max_length=MAX_URL, description="A full http or https address")]


def tools(post: Post, asks: Callable[[], bool]) -> tuple[Tool, ...]:
    """Both tools; `asks`: whether the user is asked each time."""

    async def allowed(question: Message, context: ToolContext) -> bool:
        return not asks() or await context.confirm(question)

    async def web_search(arguments: WebSearch, context: ToolContext) -> dict[str, Any]:
        query = arguments.query.strip()
        if not await allowed(WEB_SEARCH(query=one_line(query, LONGEST_QUERY)), context):
            return DENIED
        body = {"query": query, "max_results": arguments.max_results}
        return _results(await post(SEARCH_PATH, body))

    async def web_fetch(arguments: WebFetch, context: ToolContext) -> dict[str, Any]:
        try:
            url, host = web_url(arguments.url.strip())
        except HostError as exc:
            raise ToolError("That is no web address: it must begin with https:// or http://.") from exc
        if not await allowed(WEB_FETCH(host=host, url=url), context):
            return DENIED
        return _page(url, await post(FETCH_PATH, {"url": url}))

    return (
        define(
            SEARCH,
            "Searches the web for what you don't know or what may be newer.",
            WebSearch,
            web_search,
            timeout_s=ASK_TIMEOUT_S + REQUEST_S,
        ),
        define(
            FETCH,
            "Reads a web page as text, for example one that a search has found.",
            WebFetch,
            web_fetch,
            timeout_s=ASK_TIMEOUT_S + REQUEST_S,
        ),
    )


def not_answered(reason: str) -> ToolError:
    """What the model is told where the service gave no answer."""
    return ToolError(f"The service did not answer this request: {reason}")


def unreadable() -> ToolError:
    """What the model is told of an answer that is no object."""
    return ToolError("The service's answer can't be read.")


def without_key() -> ToolError:
    """What the model is told where nothing but a ticket opens the session."""
    return ToolError("This needs a key, and the user connects with a ticket. Tell them.")


def _results(answer: Mapping[str, Any]) -> dict[str, Any]:
    found = answer.get("results")
    if not isinstance(found, list):
        raise ToolError("The web search gave no results that can be read.")
    lengths = {
        "title": LONGEST_TITLE,
        "url": MAX_URL,
        "snippet": LONGEST_SNIPPET,
        "published_at": LONGEST_TITLE,
    }
    results = [
        {name: _text(one.get(name))[:most] for name, most in lengths.items() if _text(one.get(name))}
        for one in found[:MOST_RESULTS]
        if isinstance(one, dict)
    ]
    room, fitting = RESULT_LIMIT - ROOM, 0
    for one in results:
        room -= len(msgspec.json.encode(one)) + 1
        fitting += room >= 0
    if fitting == len(results):
        return {"results": results}
    note = f"The results are too long: these are the first {fitting} of {len(results)}."
    return {"note": note, "results": results[:fitting]}


def _page(url: str, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The page's text, as much of it as a result may have, and a word if that is not all."""
    content = answer.get("content")
    if not isinstance(content, str):
        raise ToolError("The page could not be read as text.")
    page = {
        "url": (_text(answer.get("url")) or url)[:MAX_URL],
        "title": _text(answer.get("title"))[:LONGEST_TITLE],
    }
    shown = _cut(content, RESULT_LIMIT - ROOM - MAX_URL)
    if len(shown) == len(content):
        return page | {"content": content}
    note = f"The page is too long: these are the first {len(shown)} of its {len(content)} characters."
    return page | {"note": note, "content": shown}


def _cut(text: str, most: int) -> str:
    """The beginning of a text that has so many bytes as JSON."""
    least, longest = 0, min(len(text), most)
    while least < longest:
        middle = (least + longest + 1) // 2
        if len(msgspec.json.encode(text[:middle])) <= most:
            least = middle
        else:
            longest = middle - 1
    return text[:least]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
