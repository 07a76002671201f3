"""What commands print."""

import io
from contextlib import redirect_stdout

from hypothesis import given
from hypothesis import strategies as st

from presswatch.cli import output
from presswatch.cli.output import Styled, clean, table

CELLS = st.text(max_size=20).map(clean) | st.builds(Styled, st.sampled_from(["read", "failed"]), st.just("red"))
TABLES = st.integers(1, 6).flatmap(
    lambda columns: st.tuples(
        st.lists(st.sampled_from(["Source", "#New", "Notes", "#Failed"]), min_size=columns, max_size=columns),
        st.lists(st.lists(CELLS, min_size=columns, max_size=columns), min_size=1, max_size=5),
    )
)


@given(TABLES)
def test_a_piped_table_is_letter_for_letter_what_rich_would_draw(wanted: tuple[list[str], list[list[str]]]) -> None:
    headers, rows = wanted
    with redirect_stdout(io.StringIO()) as piped:
        table(headers, rows, empty="")
    with redirect_stdout(io.StringIO()) as drawn:
        output._draw(headers, rows)
    assert piped.getvalue() == drawn.getvalue()


def test_only_what_rich_must_fold_or_measure_is_left_to_it() -> None:
    assert output._as_piped(["Source", "#New"], [["Quay é", "12"]]) == ["Source  New", "Quay é   12"]
    assert output._as_piped(["Source"], [["x" * 120]]) != []
    assert output._as_piped(["Source"], [["x" * 121]]) == []
    assert output._as_piped(["Source"], [["港"]]) == []
