"""The built-in tools: the time, dice, sums, a timer, a web address."""

from __future__ import annotations

import difflib
import zoneinfo
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from desktop.base.host_name import HostError, web_url
from desktop.base.message import Text
from desktop.tools.calculate import EXACT, MAX_LENGTH, CalculationError, calculate
from desktop.tools.context import ToolContext
from desktop.tools.registry import Registry, ToolError, define
from desktop.tools.timers import TooManyTimersError

ASK_TIMEOUT_S = 120.0
"""How long a question waits for the user."""
MAX_URL = 2_000
MAX_ZONE = 100
"""Characters of a time zone's name; the longest one has 32."""
OPEN_URL = Text("open-url", "Open {host} in the browser?\n{url}")

# Not strftime: that follows the machine's language, and the model's answer should not.
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class GetTime(msgspec.Struct, frozen=True):
    """Arguments of `get_time`."""

    timezone: Annotated[str, Meta(description="IANA name such as Europe/Paris; empty for the user's own")] = (
        ""
    )


class RollDice(msgspec.Struct, frozen=True):
    """Arguments of `roll_dice`."""

    sides: Annotated[int, Meta(ge=2, le=1000, description="Sides of each die")] = 6
    count: Annotated[int, Meta(ge=1, le=100, description="How many dice")] = 1


class Calculate(msgspec.Struct, frozen=True):
    """Arguments of `calculate`."""

    expression: Annotated[str, Meta(max_length=MAX_LENGTH, description="For example (3 + 4) * sqrt(2)")]


class SetTimer(msgspec.Struct, frozen=True):
    """Arguments of `set_timer`."""

    seconds: Annotated[int, Meta(ge=1, le=86_400, description="Seconds from now")]
    label: Annotated[str, Meta(max_length=100, description="What it is for, e.g. tea")] = "Timer"


class OpenUrl(msgspec.Struct, frozen=True):
    """Arguments of `open_url`."""

    url: Annotated[str, Meta(max_length=MAX_URL, description="A full http or https address")]


def get_time(arguments: GetTime, context: ToolContext) -> dict[str, Any]:
    """The time and date in a zone. Blocks: zones are files."""
    now = context.now()
    name = arguments.timezone.strip()
    if name:
        now = now.astimezone(_zone(name))
    return {
        "time": now.strftime("%H:%M"),
        "date": now.date().isoformat(),
        "weekday": WEEKDAYS[now.weekday()],
        "timezone": name or _local_name(now),
    }


def _local_name(now: datetime) -> str:
    offset = now.strftime("%z")
    return f"{now.tzname()} (UTC{offset[:3]}:{offset[3:5]})"


def _zone(name: str) -> tzinfo:
    if name.upper() in ("UTC", "GMT", "Z", "ETC/UTC"):
        return UTC
    try:
        return zoneinfo.ZoneInfo(name[: MAX_ZONE + 1])
    # Besides KeyError: ValueError for a path outside the zones, OSError for a folder of zones.
    except (KeyError, ValueError, OSError) as exc:
        raise ToolError(_hint(name)) from exc


def _hint(name: str) -> str:
    if len(name) > MAX_ZONE:  # to look for what it resembles takes seconds
        return f"There is no time zone {name[:60]!r}. Use an IANA name such as Europe/Paris."
    zones = zoneinfo.available_timezones()
    if not zones:
        # Windows has no such files; the package tzdata brings them.
        return "This computer has no list of time zones: only UTC and the user's own zone are known."
    wanted = name.replace(" ", "_").rpartition("/")[2].lower()
    cities = {zone.rpartition("/")[2].lower(): zone for zone in sorted(zones)}
    close = [cities[city] for city in difflib.get_close_matches(wanted, cities, n=3, cutoff=0.75)]
    hint = f"Did you mean {' or '.join(close)}?" if close else "Use an IANA name such as Europe/Paris."
    return f"There is no time zone {name[:60]!r}. {hint}"


def roll_dice(arguments: RollDice, context: ToolContext) -> dict[str, Any]:
    """Each die and their sum."""
    rolls = [context.random.randint(1, arguments.sides) for _ in range(arguments.count)]
    return {"rolls": rolls, "total": sum(rolls)}


def work_out(arguments: Calculate, context: ToolContext) -> dict[str, Any]:
    """The value of an expression; as text where a reader of doubles would lose digits."""
    try:
        value = calculate(arguments.expression)
    except CalculationError as exc:
        raise ToolError(str(exc)) from exc
    exact = isinstance(value, float) or abs(value) <= EXACT
    return {"result": value if exact else str(value), "expression": arguments.expression}


async def set_timer(arguments: SetTimer, context: ToolContext) -> dict[str, Any]:
    """Starts a timer that rings."""
    label = arguments.label.strip() or "Timer"
    try:
        timer = context.timers.start(arguments.seconds, label, context.now(), context.ring)
    except TooManyTimersError as exc:
        raise ToolError(str(exc)) from exc
    return {"timer": timer.id, "label": timer.label, "rings_at": timer.rings_at.isoformat(timespec="seconds")}


async def open_url(arguments: OpenUrl, context: ToolContext) -> dict[str, Any]:
    """Opens a web address, if the user says yes."""
    url, host = _checked(arguments.url.strip())
    if not await context.confirm(OPEN_URL(host=host, url=url)):
        return {"opened": False, "reason": "the user said no"}
    if not context.open_url(url):
        return {"opened": False, "reason": "no browser could be opened"}
    return {"opened": True, "url": url}


def _checked(url: str) -> tuple[str, str]:
    """The address as it is opened, and the host in it, both spelled so that look-alike letters show
    (`xn--...`).

    The address itself is never repeated in an error: it may hold a password.
    """
    try:
        return web_url(url)
    except HostError as exc:
        raise ToolError(
            f"This is not a web address that can be opened ({exc}). Use a plain http or https address, "
            "such as https://example.com."
        ) from exc


def default_registry() -> Registry:
    """The five built-in tools."""
    return Registry(
        define("get_time", "The current time, date and weekday, here or in a time zone.", GetTime, get_time),
        define("roll_dice", "Rolls dice and gives each roll and the total.", RollDice, roll_dice),
        define(
            "calculate",
            "Works out an arithmetic expression: + - * / // % **, parentheses, sqrt, sin, cos, tan "
            "(radians), log (base 10), ln, exp, abs, round, floor, ceil, min, max, pi, e.",
            Calculate,
            work_out,
        ),
        define("set_timer", "Sets a timer that rings for the user when it is due.", SetTimer, set_timer),
        define(
            "open_url",
            "Opens a web page in the user's browser, after asking the user.",
            OpenUrl,
            open_url,
            timeout_s=ASK_TIMEOUT_S,
        ),
    )
