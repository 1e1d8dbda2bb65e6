"""The heights of rows, against a plain list of them."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import given
from hypothesis import strategies as st

from desktop.ui.transcript.transcript_layout import RowHeights

HEIGHTS = st.integers(1, 90)
PLACES = st.floats(0, 0.999)
STEPS = st.one_of(
    st.tuples(st.just("insert"), PLACES, st.lists(HEIGHTS, min_size=1, max_size=300)),
    st.tuples(st.just("remove"), PLACES, st.integers(1, 5)),
    st.tuples(st.just("measured"), PLACES, HEIGHTS),
    st.tuples(st.just("look"), PLACES, st.none()),
)


@given(st.lists(STEPS, max_size=30))
def test_rows_lie_where_the_heights_above_them_end(steps):
    rows, plain = RowHeights(), []
    for what, place, value in steps:
        row = int(place * (len(plain) + (what == "insert")))
        if what == "insert":
            rows.insert(row, value)
            plain[row:row] = value
        elif plain and what == "remove":
            last = min(row + value, len(plain)) - 1
            rows.remove(row, last)
            del plain[row : last + 1]
        elif plain and what == "measured":
            rows.measured(row, value)
            plain[row] = value
            assert rows.is_known(row)
        elif plain:
            assert rows.top(row) == sum(plain[:row])
    tops = [0, *accumulate(plain)]
    assert [rows.top(row) for row in range(len(plain) + 1)] == tops
    assert [rows.height(row) for row in range(len(rows))] == plain
    assert rows.total == tops[-1]
    for row, top in enumerate(tops[:-1]):
        assert rows.row_at(top) == rows.row_at(tops[row + 1] - 1) == row


def test_a_height_outside_of_all_is_the_nearest_row():
    rows = RowHeights()
    assert rows.row_at(5) == -1
    rows.insert(0, [10, 10])
    assert (rows.row_at(-3), rows.row_at(500)) == (0, 1)


def test_what_is_forgotten_keeps_its_height_as_a_guess():
    rows = RowHeights()
    rows.insert(0, [10, 10])
    assert not rows.is_known(0)
    rows.measured(0, 30)
    rows.forget(0, 1)
    assert not rows.is_known(0)
    assert rows.top(1) == 30
