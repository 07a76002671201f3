"""Markup to plain text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.plain import clip, one_line, plain


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("", ""),
        ("two  words\t here", "two words here"),
        ("a &amp; b &lt; c", "a & b < c"),
        ("5 < 6 and 7 > 3", "5 < 6 and 7 > 3"),
        ("<p>One</p><p>Two</p>", "One\nTwo"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("a<b>b</b>c", "abc"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("x<script>alert(1)</script>y", "xy"),
        ("x<style>p {color: red}</style>y", "xy"),
        ("x<!-- hidden -->y", "xy"),
        ("<img src=x onerror=alert(1)>see", "see"),
        ("<p>open <b>tags", "open tags"),
        ("</p>closed", "closed"),
        ("<![CDATA[x]]>", ""),
        ("&lt;p&gt; is a tag", "<p> is a tag"),
        ("caf&eacute; &#304;ş", "café İş"),
        ("<iframe src='x'>no</iframe>after", "after"),
        ("\u00a0\u2003x\u2028y", "x y"),
    ],
)
def test_markup_becomes_the_text_a_reader_sees(markup: str, text: str) -> None:
    assert plain(markup) == text


@pytest.mark.parametrize("odd", ["\x08", "&#8;", "\x00", "\ud800", "&#xFFFE;", "\x1f"])
def test_a_character_that_no_text_has_costs_nothing_but_itself(odd: str) -> None:
    assert plain(f"<p>Ships{odd} came</p>{odd}<p>and went</p>").replace("\ufffd", "") == "Ships came\nand went"


@given(st.text(max_size=200))
@example("\x08<?")
def test_any_text_has_a_plain_form_without_blank_lines(markup: str) -> None:
    found = plain(markup)
    assert found == found.strip()
    assert "\n\n" not in found


@given(st.text(max_size=50), st.integers(0, 60))
def test_a_clipped_text_fits_and_is_a_beginning(text: str, most: int) -> None:
    found = clip(text, most)
    assert len(found.encode("utf-8", "surrogatepass")) <= most
    assert text.startswith(found)


def test_a_title_is_one_line_whatever_breaks_it() -> None:
    assert one_line("a\r\nb\u2028c\u2029d\x0be\x85f") == "a b c d e f"
