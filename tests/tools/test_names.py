from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from desktop.tools import names

FIT = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


def test_a_name_is_server_and_tool() -> None:
    assert names.fitted([("files", "read")]) == {("files", "read"): "files__read"}


def test_what_no_provider_takes_becomes_an_underscore() -> None:
    assert names.fitted([("my files", "read.all/now")]) == {
        ("my files", "read.all/now"): "my_files__read_all_now"
    }
    assert names.fitted([("9to5", "go")])["9to5", "go"] == "_9to5__go"


def test_names_that_would_be_one_are_told_apart_in_any_order() -> None:
    both = [("a", "read.x"), ("a", "read/x")]
    found = names.fitted(both)
    assert len(set(found.values())) == 2
    assert found == names.fitted(reversed(both))


def test_a_name_that_is_taken_is_not_used() -> None:
    assert names.fitted([("", "get_time")], taken=["get_time"])["", "get_time"] != "get_time"


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80)), max_size=20, unique=True))
def test_whatever_they_are_called_each_has_a_name_of_its_own_that_fits(
    sources: list[tuple[str, str]],
) -> None:
    found = names.fitted(sources)
    assert found.keys() == set(sources)
    assert len(set(found.values())) == len(sources)
    assert all(FIT.fullmatch(name) for name in found.values())
