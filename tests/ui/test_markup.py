import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ui.markup import Markup, join, plain, tag, text

NASTY = '<script>alert(1)</script>" onload="x" & \' </b>'


def test_text_is_escaped_and_elements_are_not_escaped_twice():
    inner = tag("b", "a < b")
    assert tag("p", inner, " & c") == "<p><b>a &lt; b</b> &amp; c</p>"


def test_a_nasty_name_stays_text_in_content_and_attributes():
    made = tag("b", NASTY, title=NASTY)
    assert "<script>" not in made
    assert made.count("<") == 2
    assert made.count('"') == 2


@given(st.text())
def test_no_text_whatever_adds_an_element_or_an_attribute(value):
    made = tag("b", value, title=value)
    assert re.fullmatch(r'<b title="[^"<>]*">[^<>]*</b>', made, re.DOTALL)


@pytest.mark.parametrize(
    "link",
    ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "https://[bad"],
)  # fmt: skip
def test_links_that_run_code_are_left_out(link):
    assert tag("a", "x", href=link) == "<a>x</a>"
    assert tag("img", src=link) == "<img>"


@pytest.mark.parametrize("link", ["/library?file=1", "https://d1.cloudfront.net/a b.jpg"])
def test_ordinary_links_stay(link):
    assert f'href="{link}"' in tag("a", "x", href=link)


def test_attributes_without_a_value_are_left_out():
    assert tag("details", open=True, title=None, hidden=False) == "<details open></details>"


def test_nothing_joins_to_nothing():
    assert join(None, "", None) == ""
    assert isinstance(text("a"), Markup)


def test_a_label_shows_every_markdown_sign_as_it_is():
    assert plain("**a** [b](c) :red[x]\n# d") == (
        "\\*\\*a\\*\\* \\[b\\]\\(c\\) \\:red\\[x\\] \\# d"
    )


def test_a_label_keeps_names_from_right_to_left_apart_from_what_stands_beside_them():
    for name in ("\u05e6\u05dc 2024", "\u0635\u0648\u0631\u0629.jpg", "a\u202eb"):
        label = plain(name)
        assert (label[0], label[-1]) == ("\u2068", "\u2069")
    for name in ("Caf\u00e9 1", "\u6d77", "\U0001f30a", ""):
        assert plain(name) == name
