"""An observer's error is logged once, and goes no further."""

from __future__ import annotations

from desktop.base.shielded import shielded


def test_an_error_is_logged_once_for_each_kind(expect_log):
    expect_log("the pane failed")
    expect_log("the pane failed")
    seen: list[str] = []

    def observe(what: str) -> None:
        seen.append(what)
        raise KeyError(what) if what == "key" else RecursionError

    guarded = shielded(observe, "the pane")
    for what in ("key", "deep", "key", "deep"):
        guarded(what)
    assert seen == ["key", "deep", "key", "deep"]


def test_what_goes_well_is_handed_on():
    seen: list[tuple] = []
    shielded(lambda *args, **named: seen.append((args, named)), "x")(1, two=2)
    assert seen == [((1,), {"two": 2})]
