"""The built-in tools, called as the runner calls them."""

from __future__ import annotations

import difflib
import zoneinfo
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from desktop.tools.builtin import default_registry
from desktop.tools.context import ToolContext
from desktop.tools.registry import ArgumentsError, ToolError
from desktop.tools.timers import MAX_RUNNING
from tests.tools.conftest import NOON, World

registry = default_registry()


async def call(context: ToolContext, name: str, **arguments: Any) -> Any:
    tool = registry.find(name)
    assert tool is not None
    return await tool.run(arguments, context)


def test_the_five_tools_are_there() -> None:
    assert registry.names == ("get_time", "roll_dice", "calculate", "set_timer", "open_url")


@pytest.mark.parametrize("definition", registry.definitions(), ids=lambda d: d.name)
def test_a_definition_is_what_every_provider_takes(definition: Any) -> None:
    parameters = definition.parameters
    assert definition.description.endswith(".")
    assert set(parameters) == {"type", "properties", "required"}
    assert parameters["type"] == "object"
    for field in parameters["properties"].values():
        assert field["type"] in ("string", "integer")
        assert field["description"]
        known = {"type", "description", "default", "minimum", "maximum", "maxLength"}
        assert set(field) <= known
    optional = {name for name, field in parameters["properties"].items() if "default" in field}
    assert set(parameters["required"]) == set(parameters["properties"]) - optional


async def test_get_time_tells_the_users_own(context: ToolContext) -> None:
    assert await call(context, "get_time") == {
        "time": "12:05",
        "date": "2026-03-01",
        "weekday": "Sunday",
        "timezone": "CET (UTC+01:00)",
    }


@pytest.mark.parametrize(
    ("zone", "time", "date", "weekday"),
    [
        ("UTC", "11:05", "2026-03-01", "Sunday"),
        ("utc", "11:05", "2026-03-01", "Sunday"),
        ("Asia/Kolkata", "16:35", "2026-03-01", "Sunday"),
        ("Pacific/Kiritimati", "01:05", "2026-03-02", "Monday"),
        (" Europe/Paris ", "12:05", "2026-03-01", "Sunday"),
    ],
)
async def test_get_time_elsewhere(
    context: ToolContext, zone: str, time: str, date: str, weekday: str
) -> None:
    answer = await call(context, "get_time", timezone=zone)
    assert answer == {"time": time, "date": date, "weekday": weekday, "timezone": zone.strip()}


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Berlin", "Did you mean Europe/Berlin"),
        ("Germany/Berlin", "Europe/Berlin"),
        ("New York", "America/New_York"),
        ("Tokio", "Asia/Tokyo"),
        ("Qqqqqqqq", "Use an IANA name"),
        ("Europe", "There is no time zone 'Europe'"),
        ("../../etc/passwd", "There is no time zone"),
        ("/etc/passwd", "There is no time zone"),
        ("a\0b", "There is no time zone"),
        ("\ud800", "There is no time zone"),
        ("x" * 5000, "There is no time zone"),
    ],
)
async def test_get_time_knows_no_such_zone(context: ToolContext, zone: str, hint: str) -> None:
    with pytest.raises(ToolError, match=hint) as caught:
        await call(context, "get_time", timezone=zone)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize("failure", [IsADirectoryError(), PermissionError(), ValueError(), KeyError()])
async def test_get_time_where_the_zones_are_files_of_their_own_kind(
    context: ToolContext, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def broken(key: str) -> None:
        raise failure

    monkeypatch.setattr(zoneinfo, "ZoneInfo", broken)
    with pytest.raises(ToolError, match="There is no time zone 'Europe'"):
        await call(context, "get_time", timezone="Europe")


async def test_get_time_without_any_zones(context: ToolContext, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere(key: str) -> None:
        raise zoneinfo.ZoneInfoNotFoundError(key)

    monkeypatch.setattr(zoneinfo, "ZoneInfo", nowhere)
    monkeypatch.setattr(zoneinfo, "available_timezones", set)
    with pytest.raises(ToolError, match="only UTC and the user's own zone"):
        await call(context, "get_time", timezone="Europe/Paris")
    assert (await call(context, "get_time", timezone="UTC"))["time"] == "11:05"


async def test_roll_dice(context: ToolContext) -> None:
    rolled = await call(context, "roll_dice", sides=3, count=100)
    assert len(rolled["rolls"]) == 100
    assert set(rolled["rolls"]) == {1, 2, 3}
    assert rolled["total"] == sum(rolled["rolls"])
    assert len((await call(context, "roll_dice"))["rolls"]) == 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("roll_dice", {"sides": 1}),
        ("roll_dice", {"sides": 1001}),
        ("roll_dice", {"count": 0}),
        ("roll_dice", {"count": 101}),
        ("roll_dice", {"sides": "many"}),
        ("set_timer", {}),
        ("set_timer", {"seconds": 0}),
        ("set_timer", {"seconds": 86_401}),
        ("set_timer", {"seconds": 1, "label": "x" * 101}),
        ("calculate", {}),
        ("calculate", {"expression": "1" * 501}),
        ("calculate", {"expression": {"a": 1}}),
        ("open_url", {}),
        ("open_url", {"url": "https://example.com/" + "x" * 2000}),
        ("get_time", {"timezone": 5}),
    ],
)
async def test_arguments_out_of_range(
    context: ToolContext, world: World, name: str, arguments: dict[str, Any]
) -> None:
    with pytest.raises(ArgumentsError):
        await call(context, name, **arguments)
    assert context.timers.running == ()
    assert world.asked == []


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("12 * 7", 84),
        ("1 / 4", 0.25),
        ("2 ** 53", 2**53),
        ("2 ** 53 + 1", "9007199254740993"),
        ("-(2 ** 100)", "-1267650600228229401496703205376"),
    ],
)
async def test_calculate(context: ToolContext, expression: str, result: object) -> None:
    answer = await call(context, "calculate", expression=expression)
    assert answer == {"result": result, "expression": expression}


async def test_calculate_says_why_not(context: ToolContext) -> None:
    with pytest.raises(ToolError, match="too large"):
        await call(context, "calculate", expression="9**9**9")


async def test_set_timer_rings(context: ToolContext, world: World) -> None:
    answer = await call(context, "set_timer", seconds=90, label=" tea ")
    assert answer == {"timer": "timer-1", "label": "tea", "rings_at": "2026-03-01T12:07:00+01:00"}
    assert [timer.rings_at for timer in context.timers.running] == [NOON + timedelta(seconds=90)]
    assert world.rung == []
    world.clockwork.run_all()
    assert world.rung == ["tea"]


async def test_a_timer_without_a_label_has_one_anyway(context: ToolContext) -> None:
    assert (await call(context, "set_timer", seconds=1))["label"] == "Timer"
    assert (await call(context, "set_timer", seconds=1, label="  "))["label"] == "Timer"


async def test_set_timer_has_an_end(context: ToolContext) -> None:
    for _ in range(MAX_RUNNING):
        await call(context, "set_timer", seconds=60)
    with pytest.raises(ToolError, match="running already"):
        await call(context, "set_timer", seconds=60)


async def test_open_url_asks_and_opens(context: ToolContext, world: World) -> None:
    url = "https://example.com:8443/a?b=c#d"
    assert await call(context, "open_url", url=url) == {"opened": True, "url": url}
    assert world.asked == [f"Open example.com in the browser?\n{url}"]
    assert world.opened == [url]


async def test_open_url_takes_no_for_an_answer(context: ToolContext, world: World) -> None:
    world.answer = False
    answer = await call(context, "open_url", url="https://example.com")
    assert answer == {"opened": False, "reason": "the user said no"}
    assert world.opened == []


async def test_open_url_says_when_nothing_opened(context: ToolContext, world: World) -> None:
    world.browser = False
    answer = await call(context, "open_url", url="http://example.com")
    assert answer == {"opened": False, "reason": "no browser could be opened"}


async def test_open_url_shows_look_alike_letters(context: ToolContext, world: World) -> None:
    await call(context, "open_url", url="https://\u0430pple.com/")
    assert world.asked[0].startswith("Open xn--pple-43d.com in the browser?")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com",
        "//example.com",
        "http:example.com",
        "https://",
        "https:///path",
        "https://:80",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "ftp://example.com",
        "data:text/html,hello",
        "https://user:hunter2@example.com",
        "https://user@example.com",
        "https://@example.com",
        "https://example.com:99999",
        "https://example.com:x",
        "https://[::1",
        "https://a..b",
        "https://" + "x" * 70 + ".com",
        "https://good.example\\@bad.example",
        "https://bad.example\\.good.example",
        "https://exa\nmple.com",
        "https://exa\tmple.com",
        "https://example.com/a b",
        "https://example.com/\u202egnp.exe",
        "https://example.com/\x00",
    ],
)
async def test_open_url_refuses_without_asking(context: ToolContext, world: World, url: str) -> None:
    with pytest.raises(ToolError) as caught:
        await call(context, "open_url", url=url)
    assert world.asked == []
    assert world.opened == []
    assert "hunter2" not in str(caught.value)


async def test_every_result_is_json(context: ToolContext) -> None:
    calls: dict[str, dict[str, Any]] = {
        "get_time": {},
        "roll_dice": {},
        "calculate": {"expression": "1+1"},
        "set_timer": {"seconds": 5},
        "open_url": {"url": "https://example.com"},
    }
    assert set(calls) == set(registry.names)
    for name, arguments in calls.items():
        result = await call(context, name, **arguments)
        assert msgspec.json.decode(msgspec.json.encode(result)) == result


async def test_a_time_zone_of_a_megabyte_is_not_looked_for(
    context: ToolContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(difflib, "get_close_matches", lambda *_, **__: pytest.fail("it takes seconds"))
    with pytest.raises(ToolError, match=r"There is no time zone 'xxx.*Use an IANA name"):
        await call(context, "get_time", timezone="x" * 1_000_000)
