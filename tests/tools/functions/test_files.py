"""The user's functions, each file in a process of its own: what it does wrong hurts nothing else."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from desktop.base.message import Message
from desktop.tools.functions.files import FileStatus, FunctionFiles, stamps
from desktop.tools.functions.messages import Fault
from desktop.tools.functions.reading import Functions
from desktop.tools.registry import ToolError
from tests.tools.mcp.conftest import DEADLINE_S


class Folder:
    """A folder of functions, and the files as the program knows them."""

    def __init__(self, path: Path) -> None:
        self._changed = asyncio.Event()
        self.path = path
        self.all = FunctionFiles(self._changed.set)

    @property
    def only(self) -> FileStatus:
        return self.all.files[0]

    async def put(self, text: str, name: str = "mine.py") -> FileStatus:
        """Save a file, and wait until it was run."""
        file = self.path / name
        file.write_text(text, encoding="utf-8")
        number = len(text) * 1_000_000_007
        os.utime(file, ns=(number, number))
        self.all.use(stamps(self.path))
        await self.until(lambda: not any(status.loading for status in self.all.files))
        return next(status for status in self.all.files if status.name == name)

    async def until(self, true: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S):
            while not true():
                self._changed.clear()
                await self._changed.wait()

    async def call(self, name: str, **arguments: Any) -> Any:
        for status in self.all.files:
            for function in status.functions:
                if function.name == name:
                    return await self.all.tool(status, function, name).run(arguments, None)  # type: ignore[arg-type]
        raise LookupError(name)


@pytest.fixture
async def folder(tmp_path: Path) -> AsyncIterator[Folder]:
    made = Folder(tmp_path)
    yield made
    await made.all.close()


def words(messages: tuple[Message, ...]) -> list[str]:
    return [str(message) for message in messages]


GOOD = '''
from typing import Annotated, Literal
import asyncio, datetime

def add(a: int, b: Annotated[int, "The second one"] = 2) -> int:
    """Adds two numbers."""
    print("adding")
    return a + b

async def wait(unit: Literal["s", "min"]) -> dict:
    """Waits."""
    await asyncio.sleep(0)
    return {"unit": unit, "at": datetime.date(2026, 1, 2)}

def helper(x):
    return x

def _private(a: int):
    """Not a tool."""
'''


async def test_a_typed_function_with_a_docstring_is_a_tool(folder: Folder) -> None:
    status = await folder.put(GOOD)
    assert [function.name for function in status.functions] == ["add", "wait"]
    add = status.functions[0]
    assert add.description == "Adds two numbers."
    assert add.schema["properties"]["b"]["description"] == "The second one"
    assert add.schema["required"] == ["a"]
    assert await folder.call("add", a="3") == 5
    assert await folder.call("wait", unit="s") == {"unit": "s", "at": "2026-01-02"}
    with pytest.raises(ToolError, match="don't fit"):
        await folder.call("add", b=1)


async def test_a_fault_names_its_file_and_line(folder: Folder) -> None:
    assert words((await folder.put("x = 1\ndef f(:\n", "a.py")).problems) == [
        "a.py, line 2: SyntaxError: invalid syntax"
    ]
    assert words((await folder.put("\n\n1 / 0\n", "b.py")).problems) == [
        "b.py, line 3: ZeroDivisionError: division by zero"
    ]
    untyped = await folder.put(
        'def f(a):\n    """Does."""\n\ndef g(a: int):\n    """Does."""\n    return 1 // a\n', "c.py"
    )
    assert words(untyped.problems) == ["c.py, line 1: f: the parameter a has no type."]
    with pytest.raises(ToolError, match=r"c\.py, line 6: ZeroDivisionError"):
        await folder.call("g", a=0)


async def test_a_crash_and_an_endless_loop_end_the_call_and_not_the_next(folder: Folder) -> None:
    await folder.put(
        "import os\nTIMEOUT_S = 1\n"
        'def crash() -> None:\n    """Ends the process."""\n    os._exit(3)\n\n'
        'def loop() -> None:\n    """Never ends."""\n    while True: pass\n\n'
        'def leave() -> None:\n    """Leaves."""\n    raise SystemExit(2)\n\n'
        'def fine() -> str:\n    """Is fine."""\n    return "fine"\n'
    )
    for name, why in (("crash", "ended its process"), ("loop", "longer than 1 s"), ("leave", "SystemExit")):
        with pytest.raises(ToolError, match=why):
            await folder.call(name)
        assert await folder.call("fine") == "fine"


async def test_a_saved_file_is_run_again(folder: Folder) -> None:
    await folder.put('def one() -> int:\n    """One."""\n    return 1\n')
    status = await folder.put('def two() -> int:\n    """Two, now."""\n    return 2\n')
    assert [function.name for function in status.functions] == ["two"]
    assert await folder.call("two") == 2
    (folder.path / "mine.py").unlink()
    folder.all.use(stamps(folder.path))
    assert folder.all.files == ()


async def test_files_that_begin_with_an_underscore_help_the_others(folder: Folder) -> None:
    (folder.path / "_shared.py").write_text("SECRET = 7\n", encoding="utf-8")
    await folder.put('from _shared import SECRET\ndef get() -> int:\n    """Gets."""\n    return SECRET\n')
    assert await folder.call("get") == 7
    assert len(folder.all.files) == 1


async def test_what_is_printed_and_what_cannot_be_json_hurts_nothing(folder: Folder) -> None:
    await folder.put(
        'import os, sys\nos.write(1, b"{}\\n")\nprint("hello")\n'
        'def odd() -> object:\n    """Odd."""\n    sys.stdout.write("no json")\n'
        "    return {1: {2}, 'b': object}\n"
    )
    assert (await folder.call("odd"))["b"] == "<class 'object'>"


@pytest.mark.parametrize("depth", [119, 120, 200, 5_000])
async def test_a_result_that_is_nested_too_deep_fails_at_once(folder: Folder, depth: int) -> None:
    await folder.put(
        "TIMEOUT_S = 600\n"
        'def nested(depth: int) -> list:\n    """Nested."""\n'
        "    found = []\n    for _ in range(depth):\n        found = [found]\n    return found\n"
    )
    async with asyncio.timeout(DEADLINE_S):
        if depth < 120:
            assert await folder.call("nested", depth=depth)
            return
        with pytest.raises(ToolError, match=r"120 deep|ecursion"):
            await folder.call("nested", depth=depth)


async def test_a_file_that_is_too_large_or_no_file_is_not_read(folder: Folder) -> None:
    status = await folder.put("#" * 1_000_001)
    assert words(status.problems) == ["mine.py: The file is too large."]


def test_a_pipe_in_a_file_s_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "mine.py")
    assert Functions().load(tmp_path / "mine.py").faults == (Fault(0, "It can't be read: It is no file."),)
