"""The servers as the program sees them: what they do wrong is a plain state, and nothing hangs."""

from __future__ import annotations

import asyncio
import os

import psutil
import pytest

from desktop.base.redaction import redact
from desktop.tools.mcp import words
from desktop.tools.mcp.config import ServerConfig
from desktop.tools.registry import ToolError
from tests.tools.mcp.conftest import DEADLINE_S, Servers, installed, rough

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(os.name == "nt", reason="the servers' processes are looked at by POSIX's means"),
]


async def gone(pid: int) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_server_of_others_is_listed_and_called(servers: Servers) -> None:
    clock, git = installed("mcp-server-time", name="time"), installed("mcp-server-git", name="git")
    await servers.ready(clock, git)
    assert {tool.name for tool in servers["time"].tools} == {"get_current_time", "convert_time"}
    assert "git_status" in {tool.name for tool in servers["git"].tools}
    now = await servers.call(clock, "get_current_time", timezone="Asia/Tokyo")
    assert now["timezone"] == "Asia/Tokyo"
    with pytest.raises(ToolError, match="timezone"):
        await servers.call(clock, "get_current_time", timezone="Nowhere/Land")


async def test_a_server_that_dies_in_a_call_fails_it_at_once_and_is_started_again(servers: Servers) -> None:
    await servers.ready(rough())
    before = await servers.do("pid")
    with pytest.raises(ToolError, match="ended before it answered"):
        await servers.do("die")
    await servers.until(lambda: servers["rough"].phase == "failed")
    assert servers["rough"].problem == words.EXITED(code="3")
    assert servers["rough"].retry_s == 1.0
    assert servers["rough"].tools  # they stay while it is started again
    await servers.until(lambda: servers["rough"].phase == "ready")
    assert await servers.do("pid") != before


@pytest.mark.parametrize(
    ("config", "problem"),
    [
        (ServerConfig("it", "/no/such/program"), words.NOT_FOUND()),
        (ServerConfig("it", "/etc/passwd"), words.NOT_ALLOWED()),
        (rough("exits", "it"), words.EXITED(code="1")),
        (ServerConfig("it", "sh", ("-c", "exec cat /dev/zero | tr '\\0' '\\n '; yes no")), words.GARBAGE()),
    ],
    ids=["not there", "not allowed", "exits", "floods"],
)
async def test_a_server_that_does_not_run_says_why(
    servers: Servers, config: ServerConfig, problem: object
) -> None:
    assert (await servers.failed(config)).problem == problem


async def test_the_last_lines_of_its_stderr_are_kept(servers: Servers) -> None:
    assert (await servers.failed(rough("exits"))).stderr[-1] == "no licence found"


async def test_what_is_broken_on_stdout_costs_only_itself(servers: Servers) -> None:
    await servers.ready(rough("chatty"))
    assert await servers.do("broken", rough("chatty")) == "a\ufffd\ufffdb"
    assert await servers.do("garbage", rough("chatty")) == "after it"


async def test_an_answer_that_is_too_large_fails_its_call_alone(servers: Servers) -> None:
    await servers.ready(rough())
    with pytest.raises(ToolError, match=r"5000\d+ bytes, which is too much"):
        await servers.do("big")
    assert await servers.do("still here") == "still here"


async def test_a_server_that_floods_is_ended(servers: Servers) -> None:
    await servers.ready(rough())
    with pytest.raises(ToolError):
        await servers.do("flood")
    await servers.until(lambda: servers["rough"].phase == "failed")
    assert servers["rough"].problem == words.GARBAGE()
    assert servers["rough"].retry_s == 0.0


async def test_an_answer_after_the_timeout_is_nobodys(servers: Servers) -> None:
    impatient = rough(timeout_s=1.7)  # the late answer comes after 2 s, and the next one has 1.4 s to spare
    await servers.ready(impatient)
    with pytest.raises(ToolError, match="did not answer in time"):
        await servers.do("late", impatient)
    assert await servers.do("the next", impatient) == "the next"


async def test_each_tool_of_a_list_stands_for_itself(servers: Servers) -> None:
    await servers.ready(rough("schemas"), rough("twice", "twice"), rough("many", "many"))
    assert [tool.name for tool in servers["rough"].tools] == ["do", "loop", "none", "text"]
    assert [tool.description for tool in servers["twice"].tools] == ["0"]
    assert len(servers["many"].tools) == 500
    assert servers["many"].unlisted == 200
    assert await servers.do("fine", rough("schemas")) == "fine"


async def test_what_is_too_deep_to_be_passed_on_is_left_out_at_once(servers: Servers) -> None:
    deep = rough("deep", "deep", timeout_s=600)
    async with asyncio.timeout(DEADLINE_S):
        await servers.ready(deep)
        assert servers["deep"].tools[0].input_schema == {"type": "object"}
        result = await servers.call(deep, "do", what="deep")
    assert result["left_out"] == ["a structured result that is too large"]


async def test_a_change_of_the_list_is_followed(servers: Servers) -> None:
    await servers.ready(rough())
    assert await servers.do("grow") == "one more"
    await servers.until(lambda: len(servers["rough"].tools) == 2)


async def test_a_server_whose_child_holds_the_pipes_has_ended_all_the_same(servers: Servers) -> None:
    await servers.ready(rough())
    child = int(await servers.do("child"))
    with pytest.raises(ToolError, match="ended before it answered"):
        await servers.do("die")
    await gone(child)


async def test_with_the_program_end_all_that_its_servers_have_started() -> None:
    stays, servers = rough("stays"), Servers()
    await servers.ready(stays)
    pids = [int(await servers.do("pid", stays)), int(await servers.do("child", stays)), servers.all.host_pid]
    await servers.all.close()
    for pid in pids:
        await gone(pid)


async def test_a_call_that_nobody_waits_for_is_cancelled(servers: Servers) -> None:
    await servers.ready(rough())
    call = asyncio.create_task(servers.do("nothing"))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await servers.do("the next") == "the next"


async def test_what_a_placeholder_stands_for_goes_to_the_server_and_into_no_log(servers: Servers) -> None:
    config = ServerConfig(
        "it", "sh", ("-c", "echo token $API_TOKEN >&2; exit 9"), env={"API_TOKEN": "${keychain:tok}"}
    )
    status = await servers.failed(config)
    assert status.stderr == ("token …",)
    assert redact("s3cret-value") == "…"


async def test_a_placeholder_for_nothing_is_named(servers: Servers) -> None:
    status = await servers.failed(ServerConfig("it", "sh", env={"TOKEN": "${keychain:other}"}))
    assert "other" in str(status.problem)


async def test_only_what_was_changed_is_started_anew(servers: Servers) -> None:
    await servers.ready(rough(name="a"), rough(name="b"))
    kept = await servers.do("pid", rough(name="a"))
    await servers.ready(rough(name="a"), rough("twice", "b"))
    assert await servers.do("pid", rough(name="a")) == kept
    servers.all.use([rough(name="a")])
    assert [status.name for status in servers.all.servers] == ["a"]
